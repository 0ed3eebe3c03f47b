package io.pgjobq.internal.store;

import io.pgjobq.internal.database.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Sending and awaiting notifications. Thread-safe. */
public final class NotificationStore {

    private final Database database;

    public NotificationStore(Database database) {
        this.database = database;
    }

    /** Sends one notification, in a transaction of its own. */
    public void announce(String channel, String payload) {
        database.alone(connection -> database.list(connection, "announce", row -> true, channel, payload));
    }

    /** Lets the connection receive what is sent on the channels. */
    public void listen(Connection connection, List<String> channels) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String channel : channels) {
                statement.execute("listen \"" + channel.replace("\"", "\"\"") + '"');
            }
        }
    }

    /** Lets the connection receive no more of what is sent on the channel. */
    public void unlisten(Connection connection, String channel) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("unlisten \"" + channel + '"');
        }
    }
}
