package io.pgjobq.simulation;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** What lies between a node and the server: it can be frozen and thawed, and cut for good. Thread-safe. */
final class Network extends DelegatingDataSource {

    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Guarded by the lock, as is the next. */
    private boolean frozen;

    private boolean cut;

    Network(DataSource server) {
        super(server);
    }

    @Override
    public Connection getConnection() throws SQLException {
        pass();
        return through(obtainTargetDataSource().getConnection());
    }

    /** Lets a connection that was opened elsewhere lead through this network. */
    Connection through(Connection connection) {
        open.add(connection);
        InvocationHandler handler = (proxy, method, arguments) -> {
            switch (method.getName()) {
                case "close", "abort" -> open.remove(connection);
                case "isClosed", "unwrap", "getAutoCommit", "isReadOnly", "toString", "hashCode", "equals" -> {}
                default -> pass();
            }
            try {
                return method.invoke(connection, arguments);
            } catch (InvocationTargetException ex) {
                throw ex.getCause();
            }
        };
        return (Connection)
                Proxy.newProxyInstance(Network.class.getClassLoader(), new Class<?>[] {Connection.class}, handler);
    }

    /** Nothing gets through until {@link #thaw}. */
    void freeze() {
        change(() -> frozen = true);
    }

    void thaw() {
        change(() -> frozen = false);
    }

    /** Nothing gets through any more, and the server sees all connections closed. */
    void cut() {
        change(() -> cut = true);
        for (Connection connection : open) {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException ex) {
                throw new IllegalStateException(ex);
            }
        }
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void pass() throws SQLException {
        lock.lock();
        try {
            while (frozen && !cut) {
                changed.awaitUninterruptibly();
            }
            if (cut) {
                throw new SQLException("cut off", "08006");
            }
        } finally {
            lock.unlock();
        }
    }
}
