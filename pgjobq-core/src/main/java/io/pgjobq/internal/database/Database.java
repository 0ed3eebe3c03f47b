package io.pgjobq.internal.database;

import io.pgjobq.internal.schema.SqlFailures;
import io.pgjobq.internal.support.SchemaName;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Runs statements on the application's {@code DataSource}: either alone, on a connection of their own in auto-commit and
 * read committed whatever the pool's defaults are, or joined to the caller's transaction. What runs on behalf of nobody is
 * given up when there is no answer. Connections go back as they came. Thread-safe.
 */
public final class Database {

    private static final int DEEPEST_CAUSE = 50;

    private static final String BEGIN = "begin isolation level read committed";

    /** How long after a statement was to be cancelled its connection is given up: not even that was answered. */
    private static final Duration CANCELLATION = Duration.ofSeconds(5);

    private final DataSource dataSource;
    private final SqlFiles sql;

    /** How long a statement may take, {@code null} for any time. */
    private final @Nullable Duration limit;

    /**
     * Set once another default than read committed was met, by {@link #inspect()} or by a claim, which refuses it. Behind a
     * transaction pooler anybody's session may come with anything.
     */
    private final AtomicBoolean otherIsolation;

    public Database(DataSource dataSource, String schema) {
        this(unwrap(dataSource), new SqlFiles(SchemaName.valid(schema)), null, new AtomicBoolean());
    }

    private Database(DataSource dataSource, SqlFiles sql, @Nullable Duration limit, AtomicBoolean otherIsolation) {
        this.dataSource = dataSource;
        this.sql = sql;
        this.limit = limit;
        this.otherIsolation = otherIsolation;
    }

    /**
     * Returns the same database for those that nobody would interrupt. A statement that takes longer is cancelled, so that
     * it doesn't go on beside its successor; where the server does not even answer that, its connection is given up. A
     * driver would wait for ever for what was lost on the way.
     */
    public Database within(Duration newLimit) {
        return new Database(dataSource, sql, newLimit, otherIsolation);
    }

    /** Work on a connection. */
    @FunctionalInterface
    public interface Work<T extends @Nullable Object> {

        T run(Connection connection) throws SQLException;
    }

    /** Finds out whether each transaction must name its isolation; returns the server's time. */
    public Instant inspect() {
        otherIsolation.set(false);
        Defaults defaults = alone(connection ->
                one(connection, "default_isolation", row -> new Defaults(row.getString(1), SqlTimes.instant(row, 2))));
        otherIsolation.set(!defaults.isolation.equals("read committed"));
        return defaults.time;
    }

    private record Defaults(String isolation, Instant time) {}

    /** Runs work on a connection of its own, each statement in a transaction of its own. */
    public <T extends @Nullable Object> T alone(Work<T> work) {
        try {
            Connection bound = spare();
            if (bound != null) {
                try {
                    return limited(bound, work);
                } finally {
                    DataSourceUtils.releaseConnection(bound, dataSource);
                }
            }
            try (Connection connection = dataSource.getConnection()) {
                return limited(connection, work);
            }
        } catch (SQLException ex) {
            if (!otherIsolation.get() && "PJ002".equals(ex.getSQLState())) {
                otherIsolation.set(true);
                return alone(work);
            }
            throw translate(ex);
        }
    }

    private <T extends @Nullable Object> T limited(Connection connection, Work<T> work) throws SQLException {
        return limit == null ? aloneOn(connection, work) : on(connection, limit.plus(CANCELLATION), work);
    }

    /**
     * Returns the connection that the caller's thread holds though no transaction is open on it, {@code null} if there is none.
     * The caller would keep it while waiting for another one of the pool, which may have no other.
     */
    private @Nullable Connection spare() {
        if (!TransactionSynchronizationManager.hasResource(dataSource)
                || TransactionSynchronizationManager.getCurrentTransactionIsolationLevel() != null
                || inTransaction()) {
            return null;
        }
        Connection connection = DataSourceUtils.getConnection(dataSource);
        if (isIdle(connection)) {
            return connection;
        }
        DataSourceUtils.releaseConnection(connection, dataSource);
        return null;
    }

    /** Somebody may be reading from it, outside of any transaction of Spring's: the driver refuses this in the middle of one. */
    private static boolean isIdle(Connection connection) {
        try {
            connection.setReadOnly(connection.isReadOnly());
            return true;
        } catch (SQLException ex) {
            return false;
        }
    }

    /** Returns a connection of the pool, which the caller gives back. */
    Connection open() throws SQLException {
        return dataSource.getConnection();
    }

    /**
     * Runs work like {@link #alone}, on a connection that is given up when it does not answer for so long. Costs no round trip:
     * the driver passes it on to the socket.
     */
    <T extends @Nullable Object> T on(Connection connection, Duration answer, Work<T> work) throws SQLException {
        int before = connection.getNetworkTimeout();
        int millis = Math.toIntExact(answer.toMillis());
        connection.setNetworkTimeout(Runnable::run, before == 0 ? millis : Math.min(before, millis));
        try {
            return aloneOn(connection, work);
        } finally {
            if (!connection.isClosed()) {
                connection.setNetworkTimeout(Runnable::run, before);
            }
        }
    }

    private <T extends @Nullable Object> T aloneOn(Connection connection, Work<T> work) throws SQLException {
        boolean autoCommit = connection.getAutoCommit();
        boolean readOnly = connection.isReadOnly();
        try {
            if (!autoCommit) {
                connection.setAutoCommit(true);
            }
            if (readOnly) {
                connection.setReadOnly(false);
            }
            return work.run(connection);
        } finally {
            if (!connection.isClosed()) {
                if (readOnly) {
                    connection.setReadOnly(true);
                }
                if (!autoCommit) {
                    connection.setAutoCommit(false);
                }
            }
        }
    }

    /** Runs work in one transaction of its own. */
    public <T extends @Nullable Object> T atomically(Work<T> work) {
        return alone(connection -> {
            connection.setAutoCommit(false);
            try {
                if (otherIsolation.get()) {
                    update(connection, "read_committed");
                }
                T result = work.run(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException ex) {
                rollback(connection, ex);
                throw ex;
            } finally {
                connection.setAutoCommit(true);
            }
        });
    }

    private static void rollback(Connection connection, Exception cause) {
        try {
            connection.rollback();
        } catch (SQLException ex) {
            cause.addSuppressed(ex);
        }
    }

    /**
     * Returns whether the calling thread is in a transaction on this {@code DataSource} that somebody will commit or roll
     * back. Where its manager does not tell, a transaction that has just been committed seems open to those that are told so
     * by {@code afterCommit}.
     */
    public boolean inTransaction() {
        Object holder = TransactionSynchronizationManager.getResource(dataSource);
        if (holder == null) {
            return false;
        }
        Boolean open = TransactionEnds.isOpen(holder);
        if (open != null) {
            return open;
        }
        // One of both alone: it is over, or nothing but the scope of one that never began.
        return TransactionSynchronizationManager.isSynchronizationActive()
                        == TransactionSynchronizationManager.isActualTransactionActive()
                && !this.<Boolean>joined(Connection::getAutoCommit);
    }

    /**
     * Returns whether the caller's transaction goes on after those callbacks that can be registered now. They are those of a
     * transaction on another {@code DataSource}, which began later and ends before.
     */
    public boolean outlivesCallbacks() {
        Object holder = TransactionSynchronizationManager.getResource(dataSource);
        return holder != null && TransactionEnds.isOuter(holder);
    }

    /** Commits what was done on the connection that is bound still, as nobody else does; unless its transaction is open. */
    public void commitBound() {
        Object holder = TransactionSynchronizationManager.getResource(dataSource);
        if (holder == null || Boolean.TRUE.equals(TransactionEnds.isOpen(holder))) {
            return;
        }
        joined(connection -> {
            if (!connection.getAutoCommit()) {
                connection.commit();
            }
            return true;
        });
    }

    /** Runs work in the caller's transaction; there must be one. */
    public <T extends @Nullable Object> T joined(Work<T> work) {
        Connection connection = DataSourceUtils.getConnection(dataSource);
        try {
            return work.run(connection);
        } catch (SQLException ex) {
            throw translate(ex);
        } finally {
            DataSourceUtils.releaseConnection(connection, dataSource);
        }
    }

    public <T extends @Nullable Object> T one(
            Connection connection, String statement, Query.Mapper<T> mapper, @Nullable Object... values)
            throws SQLException {
        List<T> rows = list(connection, statement, mapper, values);
        if (rows.size() != 1) {
            throw new IllegalStateException(statement + " returned " + rows.size() + " rows");
        }
        return rows.get(0);
    }

    public <T extends @Nullable Object> List<T> list(
            Connection connection, String statement, Query.Mapper<T> mapper, @Nullable Object... values)
            throws SQLException {
        return isolated(connection, sql.get(statement), text -> Query.list(connection, text, limit, mapper, values));
    }

    public int update(Connection connection, String statement, @Nullable Object... values) throws SQLException {
        return isolated(connection, sql.get(statement), text -> Query.update(connection, text, limit, values));
    }

    @FunctionalInterface
    private interface Run<T> {

        T of(String text) throws SQLException;
    }

    /**
     * Runs a statement; if it would begin a transaction of another isolation, then within one of the right isolation. All of
     * that travels together: the server waits for nobody before it commits. It changes nothing of the session, which need
     * not be this client's own.
     */
    private <T> T isolated(Connection connection, String statement, Run<T> run) throws SQLException {
        if (!otherIsolation.get() || !connection.getAutoCommit()) {
            return run.of(statement);
        }
        try {
            return run.of(BEGIN + ";\n" + statement + ";\ncommit");
        } catch (SQLException ex) {
            end(connection, ex);
            throw ex;
        }
    }

    /** The driver, which is in auto-commit, does not know of the transaction. */
    private static void end(Connection connection, Exception cause) {
        try (Statement statement = connection.createStatement()) {
            statement.execute("rollback");
        } catch (SQLException ex) {
            cause.addSuppressed(ex);
        }
    }

    /** Returns whether history could not be written because a partition is missing. */
    public static boolean lacksPartition(Throwable failure) {
        // An application's check constraints fail with the same state, so the table's name decides.
        return "23514".equals(sqlState(failure))
                && NestedExceptionUtils.getMostSpecificCause(failure).toString().contains("\"finished_job\"");
    }

    /** Returns whether the server refused the data itself, so that trying again can't help. */
    public static boolean refusesData(Throwable failure) {
        String state = sqlState(failure);
        return state != null && (state.startsWith("22") || state.startsWith("23") || state.startsWith("54"));
    }

    /** Returns whether the failure is that the database, or the transaction, is read-only. */
    public static boolean isReadOnly(Throwable failure) {
        return "25006".equals(sqlState(failure));
    }

    private static @Nullable String sqlState(@Nullable Throwable failure) {
        Throwable cause = failure;
        // Causes may form a cycle.
        for (int depth = 0; cause != null && depth < DEEPEST_CAUSE; depth++) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                return sql.getSQLState();
            }
            cause = cause.getCause();
        }
        return null;
    }

    RuntimeException translate(SQLException ex) {
        String state = ex.getSQLState();
        if ("PJ001".equals(state)) {
            return new NodeFencedException(ex);
        }
        if ("PJ003".equals(state)) {
            return new QueueGoneException(ex);
        }
        return SqlFailures.translate(ex);
    }

    private static DataSource unwrap(DataSource dataSource) {
        if (dataSource instanceof TransactionAwareDataSourceProxy proxy && proxy.getTargetDataSource() != null) {
            return unwrap(proxy.getTargetDataSource());
        }
        return dataSource;
    }
}
