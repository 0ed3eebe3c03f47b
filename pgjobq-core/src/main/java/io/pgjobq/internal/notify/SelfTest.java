package io.pgjobq.internal.notify;

import io.pgjobq.internal.store.NotificationStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * Finds out whether a connection hears what is announced on the pool. Behind a pooler that lends a session for each
 * transaction, or on another database, it hears nothing, and nobody says so.
 */
public final class SelfTest {

    private static final int SLICE_MILLIS = 100;

    private final NotificationStore store;
    private final Announcer announcer;
    private final Channels channels;
    private final Timing pace;
    private final LongSupplier nanoTime;

    /**
     * How long to wait.
     *
     * @param patience how long after its commit a notification is given up
     * @param retryEvery how long after a test that failed the next one is made
     */
    public record Timing(Duration patience, Duration retryEvery) {

        /** 5 seconds, and 5 minutes. */
        public static final Timing DEFAULT = new Timing(Duration.ofSeconds(5), Duration.ofMinutes(5));
    }

    /** What has to go on during the test. */
    @FunctionalInterface
    interface Meanwhile {

        void run() throws SQLException;
    }

    public SelfTest(
            NotificationStore store, Announcer announcer, Channels channels, Timing pace, LongSupplier nanoTime) {
        this.store = store;
        this.announcer = announcer;
        this.channels = channels;
        this.pace = pace;
        this.nanoTime = nanoTime;
    }

    Duration retryEvery() {
        return pace.retryEvery();
    }

    /**
     * Returns whether the connection hears. It listens on a channel that nothing else is sent on: a pooler would hand
     * whatever came to whoever it lends that session to next.
     */
    boolean passes(Connection connection, Meanwhile meanwhile) throws SQLException {
        String channel = channels.forOneTest();
        store.listen(connection, List.of(channel));
        Announcer.Test test = announcer.test(channel);
        try {
            boolean hears = arrives(connection, test, meanwhile);
            // A pooler may do this in another session: then a channel is left there on which nothing is sent again.
            store.unlisten(connection, channel);
            return hears;
        } finally {
            test.sent().cancel(false);
        }
    }

    /** A pool without a free connection is no proof of anything: patience starts when the notification has been sent. */
    private boolean arrives(Connection connection, Announcer.Test test, Meanwhile meanwhile) throws SQLException {
        PGConnection postgres = connection.unwrap(PGConnection.class);
        long sentAt = nanoTime.getAsLong();
        boolean sent = false;
        while (true) {
            if (!sent) {
                meanwhile.run();
                sentAt = nanoTime.getAsLong();
                sent = test.sent().isDone();
            }
            // Before the look, which is the last one then: this process may have been stopped for longer.
            boolean over =
                    sent && nanoTime.getAsLong() - sentAt >= pace.patience().toNanos();
            if (isAmong(postgres.getNotifications(SLICE_MILLIS), test.channel())) {
                return true;
            }
            if (over) {
                return false;
            }
        }
    }

    private static boolean isAmong(PGNotification @Nullable [] notifications, String channel) {
        if (notifications != null) {
            for (PGNotification notification : notifications) {
                if (notification.getName().equals(channel)) {
                    return true;
                }
            }
        }
        return false;
    }
}
