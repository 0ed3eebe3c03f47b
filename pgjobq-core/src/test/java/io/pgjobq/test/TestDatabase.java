package io.pgjobq.test;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/** A database of its own for a test class, with the pools opened on it; {@link PostgresTest} creates and closes it. */
public final class TestDatabase implements AutoCloseable {

    private static final int DEFAULT_POOL_SIZE = 10;

    private final ServerAddress server;
    private final ServerAddress pooled;
    private final PgBouncerMode mode;
    private final String name;
    private final List<HikariDataSource> pools = new CopyOnWriteArrayList<>();
    private final List<String> roles = new CopyOnWriteArrayList<>();
    private final DataSource dataSource;
    // A pool apart, so that execute and queryOne never join a transaction that the test has on dataSource().
    private final JdbcTemplate observer;

    private TestDatabase(ServerAddress server, ServerAddress pooled, PgBouncerMode mode, String name) {
        this.server = server;
        this.pooled = pooled;
        this.mode = mode;
        this.name = name;
        this.dataSource = pool(DEFAULT_POOL_SIZE);
        this.observer = new JdbcTemplate(pool(2));
    }

    /**
     * Creates one.
     *
     * @param pooled how pools reach the server
     */
    static TestDatabase createOn(ServerAddress server, ServerAddress pooled, PgBouncerMode mode) {
        String name = "pgjobq_test_" + UUID.randomUUID().toString().replace("-", "");
        maintain(server, "create database " + name);
        return new TestDatabase(server, pooled, mode, name);
    }

    /** The name of the database. */
    public String name() {
        return name;
    }

    /** The URL of the database for pools, without credentials: through PgBouncer if this run goes through it. */
    public String jdbcUrl() {
        return pooled.urlOf(name);
    }

    /** The URL of the database straight to the server, without credentials. */
    public String directUrl() {
        return server.urlOf(name);
    }

    /** Whether pools lead through PgBouncer in this run. */
    public boolean isPooled() {
        return mode != PgBouncerMode.OFF;
    }

    /** Whether nodes are to listen in this run, and not only to poll. */
    public boolean isListenedTo() {
        return mode != PgBouncerMode.POLL_ONLY;
    }

    ServerAddress server() {
        return server;
    }

    public String username() {
        return server.username();
    }

    /** The password, empty if the server asks for none. */
    public String password() {
        return server.password();
    }

    /** The pool shared by the test class: at most 10 connections, opened when they're needed. */
    public DataSource dataSource() {
        return dataSource;
    }

    /** Another pool of at most {@code size} connections, closed with the database. */
    public DataSource pool(int size) {
        return pool(size, username(), password());
    }

    private DataSource pool(int size, String username, String password) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name + "-" + pools.size());
        config.setJdbcUrl(jdbcUrl());
        config.setUsername(username);
        config.setPassword(password);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(0);
        config.setInitializationFailTimeout(-1);
        HikariDataSource pool = new HikariDataSource(config);
        pools.add(pool);
        return pool;
    }

    /** A new connection outside all pools and straight to the server, which the caller closes. */
    public Connection open() throws SQLException {
        return DriverManager.getConnection(directUrl(), username(), password());
    }

    /** A role that may log in, a member of the groups, as it is dropped with the database; groups must exist. */
    public Login login(String... groups) {
        String role = "login_" + UUID.randomUUID().toString().replace("-", "");
        execute("create role " + role + " login password '" + role + "'");
        roles.add(role);
        for (String group : groups) {
            execute("grant " + group + " to " + role);
        }
        return new Login(this, role);
    }

    /** Drops a role of the server with the database. */
    public void dropLater(String role) {
        roles.add(role);
    }

    /** A role that may log in. */
    public record Login(TestDatabase database, String role) {

        /** A pool of connections of the role. */
        public DataSource pool(int size) {
            return database.pool(size, role, role);
        }

        /** A new connection of the role, which the caller closes. */
        public Connection open() throws SQLException {
            return DriverManager.getConnection(database.jdbcUrl(), role, role);
        }
    }

    /** The major version of the server, such as 18. */
    public int majorVersion() {
        return queryOne("select current_setting('server_version_num')::int / 10000", Integer.class);
    }

    /** Runs one or more statements, outside any transaction of the test. */
    public void execute(String sql) {
        observer.execute(sql);
    }

    /** The single value of a single row, read outside any transaction of the test. */
    public <T> @Nullable T queryOne(String sql, Class<T> type, @Nullable Object... args) {
        return observer.queryForObject(sql, type, args);
    }

    @Override
    public void close() {
        pools.forEach(HikariDataSource::close);
        maintain(server, "drop database if exists " + name + " with (force)");
        roles.forEach(role -> maintain(server, "drop role if exists " + role));
    }

    private static void maintain(ServerAddress server, String sql) {
        try (Connection connection =
                        DriverManager.getConnection(server.maintenanceUrl(), server.username(), server.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException("'" + sql + "' failed on the test server", e);
        }
    }
}
