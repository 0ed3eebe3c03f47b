package io.pgjobq.sample;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.CopyOnWriteArrayList;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Listens to what the page is sent. */
final class EventStream implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final List<Event> events = new CopyOnWriteArrayList<>();
    private final InputStream body;

    EventStream(int port) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/api/events"))
                .build();
        this.body = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofInputStream())
                .body();
        Thread reader = new Thread(this::read, "event-stream");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        String name = "";
        Scanner lines = new Scanner(body).useDelimiter("\n");
        while (lines.hasNext()) {
            String line = lines.next();
            if (line.startsWith("event:")) {
                name = line.substring("event:".length());
            } else if (line.startsWith("data:")) {
                events.add(new Event(name, JSON.readTree(line.substring("data:".length()))));
            }
        }
    }

    /** Returns what has come of that name, the first first. */
    List<JsonNode> all(String name) {
        return events.stream()
                .filter(event -> event.name().equals(name))
                .map(Event::data)
                .toList();
    }

    /** Returns what came last of that name, an empty object if nothing has. */
    JsonNode latest(String name) {
        List<JsonNode> all = all(name);
        return all.isEmpty() ? JSON.createObjectNode() : all.get(all.size() - 1);
    }

    @Override
    public void close() throws Exception {
        body.close();
    }

    private record Event(String name, JsonNode data) {}
}
