package io.pgjobq.sample.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL for those who have none at hand. Its data stays in a directory of the user's and survives restarts.
 *
 * <p>Copies of the sample that are given the same directory share one server. Which of them runs it is decided by a file
 * lock: the operating system drops it however a copy ends, so there is never doubt about whether its owner still lives.
 * The copy that gets the lock starts the server; the others connect to it and stand by to start it again, on the same
 * port, when the first is gone. Until then they wait for their database as they would for any other that restarts.
 */
final class EmbeddedDatabase implements AutoCloseable {

    /** The directory is named by the major version, since no other major could read it. */
    static final String VERSION = "pg18";

    static final String USER = "postgres";

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path home;
    private final FileChannel lock;
    private final int port;
    private @Nullable EmbeddedServer server;
    private boolean closed;

    private EmbeddedDatabase(Path home, FileChannel lock) throws IOException, InterruptedException {
        this.home = home;
        this.lock = lock;
        Optional<Integer> shared = tryLock() ? Optional.empty() : awaitServerOfAnotherCopy();
        if (shared.isPresent()) {
            port = shared.get();
            LOG.info("Sharing the PostgreSQL that another copy of this application runs on port {}", port);
            Thread standBy = new Thread(this::standBy, "embedded-database-stand-by");
            standBy.setDaemon(true);
            standBy.start();
        } else {
            server = EmbeddedServer.start(home, ServerPort.choose(home));
            port = server.port();
            LOG.info("PostgreSQL runs on port {}, its data is in {}", port, home.resolve(VERSION));
        }
    }

    /** Starts the server that keeps its data in the given directory, or joins the one that another copy runs there. */
    static EmbeddedDatabase open(Path home) {
        Path directory = home.toAbsolutePath().normalize();
        FileChannel lock = null;
        try {
            createForOwnerOnly(directory);
            lock = FileChannel.open(
                    directory.resolve(VERSION + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            return new EmbeddedDatabase(directory, lock);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closeQuietly(lock);
            throw new EmbeddedDatabaseException("interrupted while starting", directory, e);
        } catch (IOException | RuntimeException e) {
            closeQuietly(lock);
            throw e instanceof EmbeddedDatabaseException known
                    ? known
                    : new EmbeddedDatabaseException(String.valueOf(e.getMessage()), directory, e);
        }
    }

    String jdbcUrl() {
        return "jdbc:postgresql://localhost:" + port + "/postgres";
    }

    int port() {
        return port;
    }

    /** Whoever reaches the server is let in, so the directory is closed to other users. */
    private static void createForOwnerOnly(Path directory) throws IOException {
        if (Files.notExists(directory)) {
            Files.createDirectories(directory);
            if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
            }
        }
    }

    private boolean tryLock() throws IOException {
        try {
            return lock.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // held by another copy in this very process, as in tests
        }
    }

    /** Returns the port of the server that another copy runs; empty if that copy went away and the lock is ours now. */
    private Optional<Integer> awaitServerOfAnotherCopy() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            Optional<PostmasterPid> pid = PostmasterPid.read(home.resolve(VERSION));
            if (pid.isPresent() && pid.get().ready() && pid.get().isRunning()) {
                return Optional.of(pid.get().port());
            }
            TimeUnit.MILLISECONDS.sleep(100);
            if (tryLock()) {
                return Optional.empty();
            }
        }
        throw new EmbeddedDatabaseException(
                "another copy of this application holds " + home + " but its server is not ready after "
                        + PATIENCE.toSeconds() + " s",
                home,
                null);
    }

    private void standBy() {
        try {
            lock.lock(); // waits until the copy that runs the server is gone
            takeOver();
        } catch (IOException | OverlappingFileLockException e) {
            LOG.debug("No longer standing by", e); // closed before it came to that
        } catch (RuntimeException e) {
            LOG.error("PostgreSQL could not be started again: {}", e.getMessage());
        }
    }

    private synchronized void takeOver() {
        if (!closed) {
            LOG.info("The copy that ran PostgreSQL is gone, so this one starts it on port {}", port);
            server = EmbeddedServer.start(home, port);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (server != null) {
            server.close();
            server = null;
        }
        closeQuietly(lock); // only now may another copy start a server on this data
    }

    private static void closeQuietly(@Nullable FileChannel lock) {
        try {
            if (lock != null) {
                lock.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
