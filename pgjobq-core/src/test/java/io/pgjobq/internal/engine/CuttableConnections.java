package io.pgjobq.internal.engine;

import io.pgjobq.ListenConnectionFactory;
import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** Connections that can be cut, as the network does: those that are open end, and new ones are refused. Thread-safe. */
final class CuttableConnections implements ListenConnectionFactory {

    private final TestDatabase database;
    private final List<Connection> connections = new CopyOnWriteArrayList<>();
    private volatile boolean cut;

    CuttableConnections(TestDatabase database) {
        this.database = database;
    }

    @Override
    public Connection open() throws SQLException {
        refuseIfCut();
        Connection connection = database.open();
        connections.add(connection);
        return connection;
    }

    /** A pool that is cut along with these. */
    DataSource pool(DataSource pool) {
        return new DelegatingDataSource(pool) {
            @Override
            public Connection getConnection() throws SQLException {
                refuseIfCut();
                return super.getConnection();
            }
        };
    }

    private void refuseIfCut() throws SQLException {
        if (cut) {
            throw new SQLException("the network is cut", "08001");
        }
    }

    void cut() throws SQLException {
        cut = true;
        drop();
    }

    /** Ends the open connections; new ones can be opened. */
    void drop() throws SQLException {
        for (Connection connection : connections) {
            connection.abort(Runnable::run);
        }
        connections.clear();
    }

    void mend() {
        cut = false;
    }

    /** How many connections were opened and not cut. */
    int count() {
        return connections.size();
    }
}
