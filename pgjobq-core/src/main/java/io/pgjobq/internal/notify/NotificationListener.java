package io.pgjobq.internal.notify;

import io.pgjobq.ListenConnectionFactory;
import io.pgjobq.PromptSockets;
import io.pgjobq.internal.store.NotificationStore;
import io.pgjobq.internal.support.Background;
import io.pgjobq.internal.support.Guarded;
import io.pgjobq.internal.support.Listening;
import io.pgjobq.internal.support.Log;
import io.pgjobq.internal.support.Outage;
import io.pgjobq.internal.support.Vitals;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;

/**
 * The node's own connection, outside the pool: it listens, and shows at fixed intervals that the node lives. When it is lost
 * it is opened again, and everybody is told to look for what was missed. Each new connection has to pass a test before it is
 * used; as long as it doesn't, the node polls only. Used by one thread: a wait for notifications holds the connection's lock.
 */
public final class NotificationListener implements Listening {

    /** How long the server may take to answer a statement on this connection before the connection is given up. */
    private static final Duration ANSWER = Duration.ofSeconds(10);

    /** How many heartbeats may fail to be answered, so that the node has time left to show itself on another connection. */
    private static final int BEATS_UNANSWERED = 6;

    /** A driver on {@link PromptSockets} does not wait for one millisecond, but only looks. */
    private static final long SHORTEST_WAIT_MILLIS = 2;

    private static final Logger LOG = Log.of(NotificationListener.class);

    private final ListenConnectionFactory connections;
    private final NotificationStore store;
    private final List<String> channels;
    private final SignalSink sink;
    private final IntSupplier self;
    private final Heartbeats heartbeats;
    private final SelfTest test;
    private final NotificationLag lag;
    private final LongSupplier nanoTime;
    private final Outage outage;
    private final Background background;

    private final Guarded<Shown> shown;

    private volatile boolean listening;

    /** Whether a connection has passed the test, so that they lead to the node's database. Only used by the thread. */
    private boolean proven;

    /** Whether the last test failed. Only used by the thread, as is the next. */
    private boolean deaf;

    private long nextBeat;

    /** Set before the connection is aborted, so that none is opened after that. */
    private volatile boolean closing;

    /** What the thread shows to others. */
    private static final class Shown {

        private @Nullable Connection current;

        /** The first connection listens, or turned out not to. */
        private boolean decided;

        /** A wait for notifications ends in no other way. */
        void abort() {
            try {
                if (current != null) {
                    current.abort(Runnable::run);
                }
            } catch (SQLException ex) {
                LOG.debug("listening for notifications: the connection could not be aborted", ex);
            }
        }
    }

    /** What the node does on its connection. */
    public interface Heartbeats {

        /** Returns how often {@link #beat} is called. */
        Duration every();

        /**
         * Shows that the node lives.
         *
         * @param own whether the connection is known to have a session of its own; otherwise a pooler may lend it another
         *     one for each transaction, and what is left in the session would be left to others
         */
        void beat(Connection connection, boolean own) throws SQLException;

        /** There is no connection to listen on: the node has to show by other means that it lives. */
        void lost();
    }

    public NotificationListener(
            ListenConnectionFactory connections,
            NotificationStore store,
            List<String> channels,
            SignalSink sink,
            IntSupplier self,
            Heartbeats heartbeats,
            SelfTest test,
            NotificationLag lag,
            Vitals vitals,
            LongSupplier nanoTime) {
        this.connections = connections;
        this.store = store;
        this.channels = List.copyOf(channels);
        this.sink = sink;
        this.self = self;
        this.heartbeats = heartbeats;
        this.test = test;
        this.lag = lag;
        this.nanoTime = nanoTime;
        this.outage = new Outage(LOG, "listening for notifications", vitals);
        this.background = new Background("pgjobq-listener", vitals);
        this.shown = background.guard(new Shown());
    }

    @Override
    public boolean isListening() {
        return listening;
    }

    /** Starts listening. */
    public void start() {
        closing = false;
        shown.change(state -> state.decided = false);
        background.start(this::step);
    }

    /**
     * Waits until the first connection since the start listens, or turned out not to. A node that took jobs before that would hold no lock
     * whose loss tells of its death, and its jobs would wait for the whole time-out.
     */
    public void awaitFirst(Duration atMost) throws InterruptedException {
        shown.await(state -> state.decided, atMost);
    }

    /** Stops listening and closes the connection. */
    public void stop() throws InterruptedException {
        closing = true;
        shown.change(Shown::abort);
        background.stop();
    }

    private boolean step() throws InterruptedException {
        Duration pause = attempt();
        decide();
        if (!closing) {
            heartbeats.lost();
            background.rest(pause);
        }
        return !closing;
    }

    private void decide() {
        shown.change(state -> state.decided = true);
    }

    /** Listens as long as that is possible; returns how long to wait before the next attempt. */
    private Duration attempt() {
        try (Connection connection = connections.open()) {
            hold(connection);
            return test.retryEvery();
        } catch (SQLException | RuntimeException | Error ex) {
            return closing ? Duration.ZERO : outage.failed(ex);
        }
    }

    /** Returns if the connection is deaf, or there is no more use for it. */
    private void hold(Connection connection) throws SQLException {
        if (!adopt(connection)) {
            return;
        }
        try {
            connection.setAutoCommit(true);
            connection.setNetworkTimeout(Runnable::run, Math.toIntExact(answer().toMillis()));
            if (hears(connection)) {
                heartbeats.beat(connection, true);
                store.listen(connection, channels);
                listening = true;
                outage.recovered();
                sink.resynchronize();
                // Only then: who waits for it would send jobs meanwhile that everybody would look for.
                decide();
                receive(connection);
            }
        } finally {
            listening = false;
            adopt(null);
        }
    }

    private Duration answer() {
        Duration beats = heartbeats.every().multipliedBy(BEATS_UNANSWERED);
        return beats.compareTo(ANSWER) < 0 ? beats : ANSWER;
    }

    private boolean hears(Connection connection) throws SQLException {
        nextBeat = nanoTime.getAsLong();
        // Before the test is sent: a pooler would show its session's notifications to whoever uses it just then.
        beatUnproven(connection);
        boolean hears = test.passes(connection, () -> beatUnproven(connection));
        if (deaf == hears) {
            report(hears);
        }
        deaf = !hears;
        proven = hears;
        return hears;
    }

    private void report(boolean hears) {
        if (hears) {
            LOG.info("{}: notifications arrive now, so it listens", heartbeats);
        } else {
            LOG.warn(
                    "{}: polls only, since notifications that are sent through the DataSource do not arrive on the listening"
                            + " connection, as behind PgBouncer in transaction mode; set pgjobq.notify.url to a URL that"
                            + " leads straight to the same database, or pgjobq.notify.enabled=false (tried again every {} s)",
                    heartbeats,
                    test.retryEvery().toSeconds());
        }
    }

    /** The pool, over which the test is sent and the node would show its life, may have no connection free for long. */
    private void beatUnproven(Connection connection) throws SQLException {
        if (proven && nanoTime.getAsLong() - nextBeat >= 0) {
            heartbeats.beat(connection, false);
            nextBeat = nanoTime.getAsLong() + heartbeats.every().toNanos();
        }
    }

    private void receive(Connection connection) throws SQLException {
        PGConnection postgres = connection.unwrap(PGConnection.class);
        nextBeat = nanoTime.getAsLong() + heartbeats.every().toNanos();
        while (!closing) {
            long millis = TimeUnit.NANOSECONDS.toMillis(nextBeat - nanoTime.getAsLong());
            PGNotification[] notifications = postgres.getNotifications((int) Math.max(SHORTEST_WAIT_MILLIS, millis));
            if (notifications != null) {
                for (PGNotification notification : notifications) {
                    lag.heard(notification.getParameter());
                    SignalCodec.decode(notification.getParameter(), self.getAsInt())
                            .forEach(sink::receive);
                }
            }
            if (nanoTime.getAsLong() - nextBeat >= 0) {
                heartbeats.beat(connection, true);
                nextBeat = nanoTime.getAsLong() + heartbeats.every().toNanos();
            }
        }
    }

    /** Makes the connection known to {@link #stop}; returns whether there is still a use for it. */
    private boolean adopt(@Nullable Connection connection) {
        shown.change(state -> state.current = connection);
        return !closing;
    }
}
