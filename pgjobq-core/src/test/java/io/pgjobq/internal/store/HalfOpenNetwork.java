package io.pgjobq.internal.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A network in which connections can stay open without anything ever arriving any more. Thread-safe. */
final class HalfOpenNetwork implements AutoCloseable {

    private final ServerSocket front = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final String host;
    private final int port;
    private final List<Link> links = new CopyOnWriteArrayList<>();

    HalfOpenNetwork(String host, int port) throws IOException {
        this.host = host;
        this.port = port;
        daemon(this::accept);
    }

    int port() {
        return front.getLocalPort();
    }

    /** Nothing arrives any more on the connections that there are; new ones are fine. */
    void loseConnections() {
        links.forEach(link -> link.lost = true);
    }

    private void accept() throws IOException {
        while (true) {
            Link link = new Link(front.accept(), new Socket(host, port));
            links.add(link);
            daemon(() -> link.pump(link.client, link.server));
            daemon(() -> link.pump(link.server, link.client));
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void daemon(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException ex) {
                        // closed
                    }
                },
                "half-open-network");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        front.close();
        for (Link link : links) {
            link.client.close();
            link.server.close();
        }
    }

    private static final class Link {

        private final Socket client;
        private final Socket server;
        private volatile boolean lost;

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        private void pump(Socket from, Socket to) throws IOException {
            byte[] chunk = new byte[8_192];
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                if (!lost) {
                    out.write(chunk, 0, read);
                    out.flush();
                }
            }
            if (!lost) {
                to.close();
            }
        }
    }
}
