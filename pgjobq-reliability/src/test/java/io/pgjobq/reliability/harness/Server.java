package io.pgjobq.reliability.harness;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}
