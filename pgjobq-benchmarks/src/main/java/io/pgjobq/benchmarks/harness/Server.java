package io.pgjobq.benchmarks.harness;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.util.FileSystemUtils;

/**
 * A PostgreSQL of the benchmark's own, with {@code fsync} and {@code synchronous_commit} on and otherwise as it is shipped but
 * for the settings in {@link #SETTINGS}. Each measurement gets an empty database.
 */
public final class Server implements AutoCloseable {

    /** What differs from the defaults of PostgreSQL; the same for all systems. */
    public static final String SETTINGS = "max_connections=300, shared_buffers=512MB, max_wal_size=4GB,"
            + " checkpoint_timeout=30min, fsync=on, synchronous_commit=on";

    private final Path home;
    private final EmbeddedPostgres postgres;
    private final AtomicInteger databases = new AtomicInteger();

    private Server(Path home, EmbeddedPostgres postgres) {
        this.home = home;
        this.postgres = postgres;
    }

    /** Starts an empty server. */
    public static Server start() {
        return start("");
    }

    /** Starts an empty server that counts statements, which costs those that are counted some time. */
    public static Server startCounting() {
        return start(", shared_preload_libraries=pg_stat_statements");
    }

    private static Server start(String more) {
        Path parent = Path.of(System.getProperty("user.home"), ".cache", "pgjobq", "benchmarks");
        Path home = parent.resolve(UUID.randomUUID().toString());
        try {
            Files.createDirectories(parent);
            var builder = EmbeddedPostgres.builder()
                    .setOverrideWorkingDirectory(parent.toFile())
                    .setDataDirectory(home)
                    .setCleanDataDirectory(false)
                    .setRegisterShutdownHook(true)
                    .setPGStartupWait(Duration.ofSeconds(60));
            for (String setting : (SETTINGS + more).split(", ")) {
                builder.setServerConfig(setting.split("=")[0], setting.split("=")[1]);
            }
            return new Server(home, builder.start());
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** Creates an empty database. */
    public Database createDatabase() {
        String name = "b" + databases.incrementAndGet();
        Database maintenance = database("postgres");
        maintenance.execute("create database " + name);
        return database(name);
    }

    /** Drops a database, whoever is still connected. */
    public void drop(Database database) {
        database("postgres").execute("drop database if exists " + database.name() + " with (force)");
    }

    private Database database(String name) {
        return new Database("localhost", postgres.getPort(), name);
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

    /** What the server calls itself. */
    public String version() {
        return database("postgres")
                .value("select setting from pg_settings where name = 'server_version'", String.class);
    }

    @Override
    public void close() {
        try {
            postgres.close();
            FileSystemUtils.deleteRecursively(home);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** One database of the server. */
    public record Database(String host, int port, String name) {

        /** The user of everything here. */
        public static final String USER = "postgres";

        /** How the driver finds it. */
        public String url() {
            return "jdbc:postgresql://" + host + ":" + port + "/" + name + "?user=" + USER;
        }

        /** How other clients find it. */
        public String uri() {
            return "postgres://" + USER + "@" + host + ":" + port + "/" + name;
        }

        /** Opens a connection. */
        public Connection connect() throws SQLException {
            return DriverManager.getConnection(url());
        }

        /** Executes statements on a connection of their own. */
        public void execute(String... statements) {
            try (Connection connection = connect();
                    var statement = connection.createStatement()) {
                for (String each : statements) {
                    statement.execute(each);
                }
            } catch (SQLException ex) {
                throw new IllegalStateException(ex);
            }
        }

        /** Reads one value on a connection of its own. */
        public <T> T value(String query, Class<T> type) {
            try (Connection connection = connect();
                    var statement = connection.createStatement();
                    var result = statement.executeQuery(query)) {
                result.next();
                return result.getObject(1, type);
            } catch (SQLException ex) {
                throw new IllegalStateException(ex);
            }
        }
    }
}
