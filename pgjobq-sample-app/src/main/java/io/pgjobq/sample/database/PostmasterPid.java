package io.pgjobq.sample.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What a PostgreSQL server says of itself in its data directory. The file stays behind when a server is killed, and
 * keeps the next one from starting if its process id is in use again.
 */
record PostmasterPid(Path file, long pid, int port, boolean ready) {

    private static final int PORT_LINE = 3;
    private static final int STATUS_LINE = 7;

    /** Reads the file, empty if there is none or the server has only begun to write it. */
    static Optional<PostmasterPid> read(Path dataDirectory) throws IOException {
        Path file = dataDirectory.resolve("postmaster.pid");
        try {
            List<String> lines = Files.readAllLines(file);
            if (lines.size() <= PORT_LINE) {
                return Optional.empty();
            }
            boolean ready =
                    lines.size() > STATUS_LINE && lines.get(STATUS_LINE).trim().equals("ready");
            return Optional.of(new PostmasterPid(
                    file,
                    Long.parseLong(lines.get(0).trim()),
                    Integer.parseInt(lines.get(PORT_LINE).trim()),
                    ready));
        } catch (NoSuchFileException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    boolean isRunning() {
        return process().isPresent();
    }

    private Optional<ProcessHandle> process() {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                // The id may belong to somebody else by now. Where the command can't be read, assume the worst.
                .filter(process ->
                        process.info().command().map(PostmasterPid::isPostgres).orElse(true));
    }

    private static boolean isPostgres(String command) {
        return command.endsWith("postgres") || command.endsWith("postgres.exe");
    }

    /** Stops the server without waiting for its clients, and removes the file. Nobody else may start one meanwhile. */
    void stop() throws IOException, InterruptedException {
        Optional<ProcessHandle> server = process();
        if (server.isPresent()) {
            interrupt(server.get());
            try {
                server.get().onExit().get(30, TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException e) {
                throw new IOException("the PostgreSQL of an earlier run, process " + pid + ", does not stop", e);
            }
        }
        Files.deleteIfExists(file);
    }

    /** SIGINT is PostgreSQL's fast shutdown; the SIGTERM that {@code destroy()} sends would wait for its clients. */
    private void interrupt(ProcessHandle server) throws IOException, InterruptedException {
        if (!Watchdog.isSupported()
                || new ProcessBuilder("kill", "-INT", Long.toString(pid))
                                .start()
                                .waitFor()
                        != 0) {
            server.destroy();
        }
    }
}
