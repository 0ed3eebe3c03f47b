package io.pgjobq.sample.database;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A JVM of its own that has the embedded database open, as a copy of the sample does; it can be killed. */
final class DatabaseProcess implements AutoCloseable {

    private static final String READY = "READY ";

    private final Process process;
    private final int port;

    private DatabaseProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static DatabaseProcess start(Path home) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        DatabaseProcess.class.getName(),
                        home.toString())
                .redirectErrorStream(true)
                .start();
        StringBuilder output = new StringBuilder();
        BufferedReader reader = process.inputReader();
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            if (line.startsWith(READY)) {
                drain(reader);
                return new DatabaseProcess(process, Integer.parseInt(line.substring(READY.length())));
            }
            output.append(line).append('\n');
        }
        throw new IllegalStateException("the process ended before its database was ready:\n" + output);
    }

    private static void drain(BufferedReader reader) {
        Thread drain = new Thread(() -> reader.lines().forEach(System.out::println), "database-process-output");
        drain.setDaemon(true);
        drain.start();
    }

    int port() {
        return port;
    }

    /** Returns the processes that this one has started and not ended, among them the watchdog. */
    List<ProcessHandle> children() {
        return process.descendants().toList();
    }

    /** Ends the process as {@code kill -9} does. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Ends the process as Ctrl-C does. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The process: opens the database, says where it is, and stays until it is ended. */
    public static void main(String[] args) {
        EmbeddedDatabase database = EmbeddedDatabase.open(Path.of(args[0]));
        Runtime.getRuntime().addShutdownHook(new Thread(database::close));
        System.out.println(READY + database.port());
        try {
            while (System.in.read() >= 0) {
                // nobody writes; the stream ends with the parent process
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
