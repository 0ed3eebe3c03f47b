package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** A connection that listens on a channel, as another node does. Used by one thread. */
final class Notifications implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 20_000;

    private final Connection connection;
    private final String channel;

    private Notifications(Connection connection, String channel) {
        this.connection = connection;
        this.channel = channel;
    }

    static Notifications on(TestDatabase database, String channel) throws SQLException {
        Connection connection = database.open();
        try (Statement listen = connection.createStatement()) {
            listen.execute("listen " + channel);
        }
        return new Notifications(connection, channel);
    }

    /** All words that arrive until there is one that starts so. */
    List<String> until(String start) throws SQLException {
        List<String> words = new ArrayList<>();
        while (words.stream().noneMatch(word -> word.startsWith(start))) {
            PGNotification[] arrived = connection.unwrap(PGConnection.class).getNotifications(PATIENCE_MILLIS);
            assertThat(arrived).as("notifications until " + start).isNotEmpty();
            for (PGNotification notification : arrived) {
                words.addAll(List.of(notification.getParameter().split(" ")));
            }
        }
        return words;
    }

    /** All words that were committed by now. */
    List<String> now() throws SQLException {
        try (Statement mark = connection.createStatement()) {
            mark.execute("notify " + channel + ", 'mark'");
        }
        return until("mark");
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
