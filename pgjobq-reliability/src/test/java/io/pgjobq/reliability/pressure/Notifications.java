package io.pgjobq.reliability.pressure;

import io.pgjobq.reliability.harness.Server;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.PGConnection;

/** Counts what is announced to all who listen for jobs. Used by one thread. */
final class Notifications implements AutoCloseable {

    private final Connection connection;
    private long count;

    private Notifications(Connection connection) {
        this.connection = connection;
    }

    static Notifications on(String url) throws SQLException {
        Connection connection = DriverManager.getConnection(url, Server.USER, "");
        try (Statement statement = connection.createStatement()) {
            statement.execute("listen pgjobq_jobs");
        }
        return new Notifications(connection);
    }

    /** Notifications so far. */
    long count() {
        try (Statement statement = connection.createStatement()) {
            // The server passes on what has arrived by then.
            statement.execute("select 1");
            count += connection.unwrap(PGConnection.class).getNotifications().length;
            return count;
        } catch (SQLException ex) {
            throw new IllegalStateException(ex);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
