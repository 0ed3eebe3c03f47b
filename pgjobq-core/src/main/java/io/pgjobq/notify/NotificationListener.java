package io.pgjobq.notify;

import io.pgjobq.store.NotificationStore;
import io.pgjobq.store.Outage;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
    private final List<String> channels;
    private final SignalSink sink;
    private final IntSupplier self;
    private final Pulse pulse;
    private final Outage outage = new Outage(LOG, "listening for notifications");

    private final Background background = new Background("pgjobq-listener");

    /** Guarded by the background's lock. */
    private @Nullable Connection current;

    private volatile boolean listening;

    /** Set before the connection is aborted, so that none is opened after that. */
    private volatile boolean closing;

    /** What the node does on its connection. */
    public interface Pulse {

        /** Returns how often {@link #beat} is called. */
        Duration every();

        /** The connection is new. */
        void opened(Connection connection) throws SQLException;

        /** Shows that the node lives. */
        void beat(Connection connection) throws SQLException;

        /** The connection is lost, or can't be opened: the node has to show by other means that it lives. */
        void lost();
    }

    public NotificationListener(
            ListenConnectionFactory connections,
            NotificationStore store,
            List<String> channels,
            SignalSink sink,
            IntSupplier self,
            Pulse pulse) {
        this.connections = connections;
        this.store = store;
        this.channels = List.copyOf(channels);
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
        closing = false;
        background.start(this::run);
    }

    /** Stops listening and closes the connection. */
    public void stop() throws InterruptedException {
        closing = true;
        background.change(this::abort);
        background.stop();
    }

    /** A wait for notifications ends in no other way. */
    private void abort() {
        try {
            if (current != null) {
                current.abort(Runnable::run);
            }
        } catch (SQLException ex) {
            LOG.debug("listening for notifications: the connection could not be aborted", ex);
        }
    }

    private void run() throws InterruptedException {
        while (!closing) {
            try (Connection connection = connections.open()) {
                hold(connection);
            } catch (SQLException | RuntimeException ex) {
                if (!closing) {
                    pulse.lost();
                    background.rest(outage.failed(ex));
                }
            }
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
            store.listen(connection, channels);
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
        while (!closing) {
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
        background.change(() -> current = connection);
        return !closing;
    }
}
