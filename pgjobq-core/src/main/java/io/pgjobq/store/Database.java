package io.pgjobq.store;

import io.pgjobq.schema.SchemaName;
import io.pgjobq.schema.SqlFailures;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Runs statements on the application's {@code DataSource}: either alone, on a connection of their own in auto-commit and
 * read committed whatever the pool's defaults are, or joined to the caller's transaction. Connections go back as they
 * came. Thread-safe.
 */
public final class Database {

    private static final int DEEPEST_CAUSE = 50;

    private final DataSource dataSource;
    private final SqlFiles sql;

    private static final String BEGIN = "begin isolation level read committed";

    /**
     * Set once another default than read committed was met, by {@link #inspect()} or by a claim, which refuses it. Behind a
     * transaction pooler anybody's session may come with anything.
     */
    private volatile boolean otherIsolation;

    public Database(DataSource dataSource, String schema) {
        this.dataSource = unwrap(dataSource);
        this.sql = new SqlFiles(SchemaName.valid(schema));
    }

    /** Work on a connection. */
    @FunctionalInterface
    public interface Work<T extends @Nullable Object> {

        T run(Connection connection) throws SQLException;
    }

    /** Finds out whether each transaction must name its isolation. */
    public void inspect() {
        otherIsolation = false;
        String isolation = alone(connection -> one(connection, "default_isolation", row -> row.getString(1)));
        otherIsolation = !isolation.equals("read committed");
    }

    /** Runs work on a connection of its own, each statement in a transaction of its own. */
    public <T extends @Nullable Object> T alone(Work<T> work) {
        try (Connection connection = dataSource.getConnection()) {
            return aloneOn(connection, work);
        } catch (SQLException ex) {
            if (!otherIsolation && "PJ002".equals(ex.getSQLState())) {
                otherIsolation = true;
                return alone(work);
            }
            throw translate(ex);
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
                if (otherIsolation) {
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

    /** Returns whether the calling thread is in a transaction on this {@code DataSource}. */
    public boolean inTransaction() {
        if (!TransactionSynchronizationManager.hasResource(dataSource)) {
            return false;
        }
        Connection connection = DataSourceUtils.getConnection(dataSource);
        try {
            return !connection.getAutoCommit();
        } catch (SQLException ex) {
            throw translate(ex);
        } finally {
            DataSourceUtils.releaseConnection(connection, dataSource);
        }
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

    <T extends @Nullable Object> T one(
            Connection connection, String statement, Query.Mapper<T> mapper, @Nullable Object... values)
            throws SQLException {
        List<T> rows = list(connection, statement, mapper, values);
        if (rows.size() != 1) {
            throw new IllegalStateException(statement + " returned " + rows.size() + " rows");
        }
        return rows.get(0);
    }

    <T extends @Nullable Object> List<T> list(
            Connection connection, String statement, Query.Mapper<T> mapper, @Nullable Object... values)
            throws SQLException {
        return isolated(connection, sql.get(statement), text -> Query.list(connection, text, mapper, values));
    }

    int update(Connection connection, String statement, @Nullable Object... values) throws SQLException {
        return isolated(connection, sql.get(statement), text -> Query.update(connection, text, values));
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
        if (!otherIsolation || !connection.getAutoCommit()) {
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

    private RuntimeException translate(SQLException ex) {
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
