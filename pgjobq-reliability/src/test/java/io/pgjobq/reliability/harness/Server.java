package io.pgjobq.reliability.harness;

import static org.awaitility.Awaitility.await;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.util.FileSystemUtils;

/**
 * A PostgreSQL of the scenario's own, with {@code fsync} and {@code synchronous_commit} on, that can crash and come back on
 * the same port. Applications connect as {@link #USER}, which is no superuser.
 */
public final class Server implements AutoCloseable {

    /** The user of applications, and the name of their database. */
    public static final String USER = "app";

    private static final int MAX_CONNECTIONS = 100;

    private final Path home;
    private EmbeddedPostgres postgres;

    private Server(Path home) {
        this.home = home;
        this.postgres = launch(0);
    }

    /** Starts an empty server. */
    public static Server start() {
        Server server = new Server(Path.of(
                System.getProperty("user.home"),
                ".cache",
                "pgjobq",
                "reliability",
                UUID.randomUUID().toString()));
        JdbcClient maintenance = client(server.postgres.getJdbcUrl("postgres", "postgres"), "postgres");
        maintenance.sql("create role app login").update();
        maintenance.sql("create database app owner app").update();
        return server;
    }

    private EmbeddedPostgres launch(int port) {
        try {
            Files.createDirectories(home.getParent());
            var builder = EmbeddedPostgres.builder()
                    .setOverrideWorkingDirectory(home.getParent().toFile())
                    .setDataDirectory(home)
                    .setCleanDataDirectory(false)
                    .setRegisterShutdownHook(true)
                    .setPGStartupWait(Duration.ofSeconds(60))
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    // What a copy may still have to replay is kept.
                    .setServerConfig("wal_keep_size", "1GB")
                    .setServerConfig("shared_preload_libraries", "pg_stat_statements")
                    .setServerConfig("max_connections", String.valueOf(MAX_CONNECTIONS));
            return (port == 0 ? builder : builder.setPort(port)).start();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** The port, which stays the same. */
    public int port() {
        return postgres.getPort();
    }

    /** The number of the server's first process, which the others descend from. */
    public long pid() {
        try {
            return Long.parseLong(
                    Files.readAllLines(home.resolve("postmaster.pid")).get(0).trim());
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** The URL of the application's database. */
    public String url() {
        return url(port());
    }

    /** The URL of the application's database through another port. */
    public static String url(int port) {
        return "jdbc:postgresql://localhost:" + port + "/" + USER;
    }

    /** Statements of the test's, as a superuser, each on a connection of its own. */
    public JdbcClient database() {
        return client(url(), "postgres");
    }

    private static JdbcClient client(String url, String user) {
        return JdbcClient.create(new DriverManagerDataSource(url, user, ""));
    }

    /** Ends all processes of the server at once, as {@code pg_ctl stop -m immediate} does: it has to recover. */
    public void crash() {
        try {
            ProcessHandle postmaster = ProcessHandle.of(pid()).orElseThrow();
            Signals.send("QUIT", postmaster.pid());
            postmaster.onExit().get(30, TimeUnit.SECONDS);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(ex);
        } catch (ExecutionException | TimeoutException ex) {
            throw new IllegalStateException("the server did not end", ex);
        }
    }

    /** Starts the server again after a crash. */
    public void restart() {
        int port = port();
        stop();
        postgres = launch(port);
    }

    /**
     * Copies the files of the server, which is shut down for it and started again, as a backup taken cold.
     *
     * @return the copy, which {@link #restore} takes
     */
    public Path copy() {
        Path copy = copyHome();
        int port = port();
        stop();
        try {
            FileSystemUtils.copyRecursively(home, copy);
            // The server starts with nothing that others may read.
            Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwx------"));
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        postgres = launch(port);
        return copy;
    }

    private Path copyHome() {
        return home.resolveSibling(home.getFileName() + "-copy");
    }

    /** Starts a copy in place of this server, which has crashed: all that was committed since is gone. */
    public void restore(Path copy) {
        int port = port();
        stop();
        replaceBy(copy);
        postgres = launch(port);
    }

    /**
     * Starts a copy in place of this server, which has crashed, after the copy has replayed what the server had written up to
     * that position, as a standby does that is promoted before it has received the rest. A new timeline begins.
     */
    public void failOver(Path copy, String position) {
        int port = port();
        stop();
        Path log = home.resolveSibling(home.getFileName() + "-log");
        try {
            Files.move(home.resolve("pg_wal"), log);
            Files.createFile(copy.resolve("recovery.signal"));
            Files.writeString(
                    copy.resolve("postgresql.auto.conf"),
                    "restore_command = 'cp \"" + log + "/%f\" \"%p\"'\nrecovery_target_lsn = '" + position
                            + "'\nrecovery_target_action = 'promote'\n");
            replaceBy(copy);
            postgres = launch(port);
            awaitPromotion();
            FileSystemUtils.deleteRecursively(log);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private void awaitPromotion() {
        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .until(() -> !database()
                        .sql("select pg_is_in_recovery()")
                        .query(Boolean.class)
                        .single());
    }

    private void replaceBy(Path copy) {
        try {
            FileSystemUtils.deleteRecursively(home);
            Files.move(copy, home);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private void stop() {
        try {
            postgres.close();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    @Override
    public void close() {
        stop();
        try {
            FileSystemUtils.deleteRecursively(home);
            FileSystemUtils.deleteRecursively(copyHome());
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}
