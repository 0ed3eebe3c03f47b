package io.pgjobq.notify;

import io.pgjobq.store.NotificationStore;
import io.pgjobq.store.Outage;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's own connection, outside the pool: it listens, and shows at fixed intervals that the node lives. When it is lost
 * it is opened again, and everybody is told to look for what was missed. Used by one thread: a wait for notifications holds
 * the connection's lock.
 */
public final class NotificationListener {

    /** How long the server may take to answer a statement on this connection before the connection is given up. */
    private static final int ANSWER_MILLIS = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(NotificationListener.class);

    private final ListenConnectionFactory connections;
    private final NotificationStore store;
    private final Channels channels;
    private final SignalSink sink;
    private final IntSupplier self;
    private final Pulse pulse;
    private final Outage outage = new Outage(LOG, "listening for notifications");

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Guarded by the lock, as are the next two. */
    private boolean stopping;

    private @Nullable Thread thread;
    private @Nullable Connection current;

    private volatile boolean listening;

    /** What the node does on its connection. */
    public interface Pulse {

        /** Returns how often {@link #beat} is called. */
        Duration every();

        /** The connection is new. */
        void opened(Connection connection) throws SQLException;

        /** Shows that the node lives. */
        void beat(Connection connection) throws SQLException;
    }

    public NotificationListener(
            ListenConnectionFactory connections,
            NotificationStore store,
            Channels channels,
            SignalSink sink,
            IntSupplier self,
            Pulse pulse) {
        this.connections = connections;
        this.store = store;
        this.channels = channels;
        this.sink = sink;
        this.self = self;
        this.pulse = pulse;
    }

    /** Returns whether notifications arrive at this moment. */
    public boolean isListening() {
        return listening;
    }

    /** Starts listening. */
    public void start() {
        lock.lock();
        try {
            stopping = false;
            thread = new Thread(this::run, "pgjobq-listener");
            thread.setDaemon(true);
            thread.start();
        } finally {
            lock.unlock();
        }
    }

    /** Stops listening and closes the connection. */
    public void stop() throws InterruptedException {
        lock.lock();
        Thread ending = thread;
        try {
            stopping = true;
            changed.signal();
            if (current != null) {
                current.abort(Runnable::run);
            }
        } catch (SQLException ex) {
            LOG.debug("listener: connection could not be aborted", ex);
        } finally {
            lock.unlock();
        }
        if (ending != null) {
            ending.join(TimeUnit.SECONDS.toMillis(5));
        }
    }

    private void run() {
        try {
            while (!isStopping()) {
                Duration pause = Duration.ZERO;
                try (Connection connection = connections.open()) {
                    hold(connection);
                } catch (SQLException | RuntimeException ex) {
                    listening = false;
                    pause = isStopping() ? Duration.ZERO : outage.failed(ex);
                }
                rest(pause);
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        } finally {
            listening = false;
        }
    }

    private void hold(Connection connection) throws SQLException {
        if (!adopt(connection)) {
            return;
        }
        try {
            connection.setAutoCommit(true);
            connection.setNetworkTimeout(Runnable::run, ANSWER_MILLIS);
            pulse.opened(connection);
            store.listen(connection, channels.jobs(), channels.done());
            listening = true;
            outage.recovered();
            sink.resynchronize();
            receive(connection);
        } finally {
            listening = false;
            adopt(null);
        }
    }

    private void receive(Connection connection) throws SQLException {
        PGConnection postgres = connection.unwrap(PGConnection.class);
        long next = System.nanoTime() + pulse.every().toNanos();
        while (!isStopping()) {
            long millis = TimeUnit.NANOSECONDS.toMillis(next - System.nanoTime());
            PGNotification[] notifications = postgres.getNotifications((int) Math.max(1, millis));
            if (notifications != null) {
                for (PGNotification notification : notifications) {
                    SignalCodec.decode(notification.getParameter(), self.getAsInt())
                            .forEach(sink::receive);
                }
            }
            if (System.nanoTime() - next >= 0) {
                pulse.beat(connection);
                next = System.nanoTime() + pulse.every().toNanos();
            }
        }
    }

    /** Makes the connection known to {@link #stop}; returns whether there is still a use for it. */
    private boolean adopt(@Nullable Connection connection) {
        lock.lock();
        try {
            current = connection;
            return !stopping;
        } finally {
            lock.unlock();
        }
    }

    private boolean isStopping() {
        lock.lock();
        try {
            return stopping;
        } finally {
            lock.unlock();
        }
    }

    private void rest(Duration pause) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = pause.toNanos();
            while (left > 0 && !stopping) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }
}
