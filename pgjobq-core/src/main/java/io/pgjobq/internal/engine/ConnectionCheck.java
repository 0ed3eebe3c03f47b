package io.pgjobq.internal.engine;

import io.pgjobq.internal.notify.NotificationListener;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * The listening connection of an application that is no node: nobody needs to know that it lives, but it must find out when
 * the connection is lost.
 *
 * @param name how messages call the application
 * @param every how often it looks
 */
record ConnectionCheck(String name, Duration every) implements NotificationListener.Heartbeats {

    private static final int ANSWER_SECONDS = 10;

    @Override
    public void beat(Connection connection, boolean own) throws SQLException {
        if (!connection.isValid(ANSWER_SECONDS)) {
            throw new SQLException("the connection is lost", "08006");
        }
    }

    @Override
    public void lost() {}

    @Override
    public String toString() {
        return "sender '" + name + "'";
    }
}
