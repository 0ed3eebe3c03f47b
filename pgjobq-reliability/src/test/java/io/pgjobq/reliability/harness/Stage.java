package io.pgjobq.reliability.harness;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/** Where a scenario takes place: an empty server, and what is started on it; all of it ends with the stage. */
public final class Stage implements AutoCloseable {

    private final String scenario;
    private final Server server = Server.start();
    private final Books books = Books.open(server.database());
    private final Deque<AutoCloseable> props = new ArrayDeque<>();
    private final Path output;

    private Stage(String scenario) {
        this.scenario = scenario;
        this.output = Form.OUTPUT.resolve("logs").resolve(scenario);
        shutGate();
        props.push(server);
    }

    /** Sets an empty stage; the name, such as {@code chaos-4-sigkill}, is that of the row in the report. */
    public static Stage set(String scenario) {
        return new Stage(scenario);
    }

    /** The server. */
    public Server server() {
        return server;
    }

    /** The application's records. */
    public Books books() {
        return books;
    }

    /** Starts sending from this process, on the direct URL. */
    public Load load() {
        return add(new Load(server.url()));
    }

    /** Starts a worker process with the defaults, without waiting for it. */
    public Worker worker(String name, String... arguments) {
        return workerAt(server.url(), name, arguments);
    }

    /** Starts a worker process that finds the database at the URL. */
    public Worker workerAt(String url, String name, String... arguments) {
        return launch(List.of(), List.of(), url, name, arguments);
    }

    /** Starts a worker process by way of another command and with options of the JVM. */
    public Worker launch(List<String> prefix, List<String> jvm, String url, String name, String... arguments) {
        List<String> all = new ArrayList<>(
                List.of("--spring.datasource.url=" + url, "--spring.datasource.username=" + Server.USER));
        all.add("--reliability.gate=" + gate());
        all.addAll(List.of(arguments));
        return add(Worker.launch(output.resolve(name + ".log"), name, prefix, jvm, all));
    }

    /** Lets all handlers go on that wait at the gate, and those that will come there. */
    public void openGate() {
        try {
            Files.createFile(gate());
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** An earlier run may have left it open. */
    private void shutGate() {
        try {
            Files.deleteIfExists(gate());
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private Path gate() {
        return output.resolve("gate-is-open");
    }

    /** A proxy in front of the server. */
    public TcpProxy proxy() {
        return add(TcpProxy.to(server.port()));
    }

    /** Has something closed with the stage, before what was added earlier. */
    public <T extends AutoCloseable> T add(T prop) {
        props.push(prop);
        return prop;
    }

    /** Waits until no job is left to do. */
    public void awaitDrained(Duration patience) {
        await(scenario + ": all jobs to end")
                .atMost(patience)
                .pollInterval(Duration.ofMillis(200))
                .ignoreExceptions()
                .until(() -> books.waiting() == 0);
    }

    /** Holds the tables against the books. */
    public Audit audit() {
        return Audit.of(server.database());
    }

    /** Adds the scenario's row to the report. */
    public void report(String done, Audit audit, String recovery) {
        Report.add(
                scenario,
                done,
                String.format(Locale.ROOT, "%,d", audit.committed()),
                String.valueOf(audit.lost()),
                audit.endedTwice() + audit.wrongEffects() + " / " + audit.unexplained() + " of " + audit.repeated(),
                recovery);
    }

    @Override
    public void close() throws Exception {
        Exception failure = null;
        for (AutoCloseable prop : props) {
            try {
                prop.close();
            } catch (Exception ex) {
                failure = ex;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
