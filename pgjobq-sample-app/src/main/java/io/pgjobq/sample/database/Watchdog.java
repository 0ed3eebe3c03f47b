package io.pgjobq.sample.database;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Stops the server when this process dies without a chance to do so itself, as by {@code kill -9}: a shell that reads
 * from a pipe, which the operating system closes with the process. Not available on Windows; there the server is stopped
 * by the next start.
 */
final class Watchdog implements AutoCloseable {

    /**
     * Ignores what Ctrl-C sends to all processes of a terminal, since this process then stops the server in good order.
     * Looks into the file again before it kills, in case the id belongs to another process by now.
     */
    private static final String SCRIPT = "trap '' INT TERM HUP; cat >/dev/null; "
            + "[ \"$(head -n 1 \"$2\" 2>/dev/null)\" = \"$1\" ] && kill -INT \"$1\"";

    private final Process process;

    private Watchdog(Process process) {
        this.process = process;
    }

    static boolean isSupported() {
        return !System.getProperty("os.name").startsWith("Windows");
    }

    static Watchdog over(PostmasterPid server) throws IOException {
        Path file = server.file();
        return new Watchdog(new ProcessBuilder(
                        "sh", "-c", SCRIPT, "embedded-database-watchdog", Long.toString(server.pid()), file.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start());
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
