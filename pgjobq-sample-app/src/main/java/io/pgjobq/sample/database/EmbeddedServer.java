package io.pgjobq.sample.database;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server process, owned by this process and ended with it. */
final class EmbeddedServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedServer.class);
    private static final int LOG_LINES = 15;

    private final EmbeddedPostgres postgres;
    private final @Nullable Watchdog watchdog;

    private EmbeddedServer(EmbeddedPostgres postgres, @Nullable Watchdog watchdog) {
        this.postgres = postgres;
        this.watchdog = watchdog;
    }

    /** Starts the server. The caller holds the lock on the directory. */
    static EmbeddedServer start(Path home, int port) {
        Path data = home.resolve(EmbeddedDatabase.VERSION);
        Path log = home.resolve(EmbeddedDatabase.VERSION + ".log");
        try {
            stopOrphan(data);
            Files.deleteIfExists(log);
            EmbeddedPostgres postgres = launch(home, data, log, port);
            Optional<PostmasterPid> pid = PostmasterPid.read(data);
            return new EmbeddedServer(
                    postgres, pid.isPresent() && Watchdog.isSupported() ? Watchdog.over(pid.get()) : null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedDatabaseException("interrupted while starting", home, e);
        } catch (IOException | IllegalStateException e) {
            stopWhatStarted(data, e);
            throw new EmbeddedDatabaseException(reason(log, e), home, e);
        }
    }

    private static EmbeddedPostgres launch(Path home, Path data, Path log, int port) throws IOException {
        return EmbeddedPostgres.builder()
                .setPort(port)
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                // The default is a directory in the system's temporary one that everybody can write to.
                .setOverrideWorkingDirectory(home.resolve("binaries").toFile())
                // Spring stops the server, after the workers and the connection pool.
                .setRegisterShutdownHook(false)
                .setPGStartupWait(Duration.ofSeconds(60))
                // The library is made for tests and switches off what makes data survive a crash.
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("max_connections", "100")
                .setServerConfig("unix_socket_directories", "")
                .setLocaleConfig("locale", "C")
                .setOutputRedirector(Redirect.appendTo(log.toFile()))
                .setErrorRedirector(Redirect.appendTo(log.toFile()))
                .start();
    }

    int port() {
        return postgres.getPort();
    }

    /** An earlier run that was killed together with its watchdog, or on Windows, leaves a server behind. */
    private static void stopOrphan(Path data) throws IOException, InterruptedException {
        Optional<PostmasterPid> orphan = PostmasterPid.read(data);
        if (orphan.isPresent()) {
            if (orphan.get().isRunning()) {
                LOG.info(
                        "Stopping the PostgreSQL that a dead process left behind, {}",
                        orphan.get().pid());
            }
            orphan.get().stop();
        }
    }

    private static void stopWhatStarted(Path data, Exception failure) {
        try {
            Optional<PostmasterPid> started = PostmasterPid.read(data);
            if (started.isPresent()) {
                started.get().stop();
            }
        } catch (IOException e) {
            failure.addSuppressed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The library's own message says only that it gave up; the server's output says why. */
    private static String reason(Path log, Exception failure) {
        try {
            List<String> lines = Files.exists(log) ? Files.readAllLines(log) : List.of();
            String tail = String.join(
                    System.lineSeparator() + "    ",
                    lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
            return failure.getMessage() + ". The server says:" + System.lineSeparator() + "    " + tail;
        } catch (IOException e) {
            return String.valueOf(failure.getMessage());
        }
    }

    @Override
    public void close() {
        try {
            postgres.close();
        } catch (IOException e) {
            LOG.warn("PostgreSQL did not stop: {}", e.getMessage());
        } finally {
            if (watchdog != null) {
                watchdog.close();
            }
        }
    }
}
