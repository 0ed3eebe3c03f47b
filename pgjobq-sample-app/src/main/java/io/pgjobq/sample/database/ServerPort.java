package io.pgjobq.sample.database;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

/** Keeps the server on one port for good, so that copies which share it find it again after it was restarted. */
final class ServerPort {

    private ServerPort() {}

    /** Returns the port of the last time, or a free one if there is none or somebody else uses it now. */
    static int choose(Path home) throws IOException {
        Path file = home.resolve(EmbeddedDatabase.VERSION + ".port");
        int last = read(file);
        if (last > 0 && isFree(last)) {
            return last;
        }
        int port = anyFree();
        Files.writeString(file, Integer.toString(port));
        return port;
    }

    private static int read(Path file) throws IOException {
        try {
            return Files.exists(file) ? Integer.parseInt(Files.readString(file).trim()) : 0;
        } catch (NumberFormatException e) {
            return 0; // cut short by a crash
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    private static int anyFree() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
