package io.pgjobq.internal.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A connection that is kept between statements. Whoever must not wait for a pool that others have emptied uses it. A
 * connection that fails, or does not answer in time, is given up; the next statement gets another one. Used by one thread.
 */
public final class KeptConnection implements AutoCloseable {

    private final Database database;
    private final Duration answer;
    private @Nullable Connection connection;

    /**
     * Opens nothing yet.
     *
     * @param answer how long the server may take to answer a statement
     */
    public KeptConnection(Database database, Duration answer) {
        this.database = database;
        this.answer = answer;
    }

    /** Runs work on the connection, each statement in a transaction of its own; opens one if there is none. */
    public <T extends @Nullable Object> T run(Database.Work<T> work) {
        try {
            Connection kept = connection;
            if (kept == null) {
                kept = database.open();
                connection = kept;
            }
            return database.on(kept, answer, work);
        } catch (SQLException ex) {
            close(ex);
            throw database.translate(ex);
        }
    }

    private void close(SQLException cause) {
        try {
            close();
        } catch (RuntimeException ex) {
            cause.addSuppressed(ex);
        }
    }

    /** Gives the connection back, if there is one. */
    @Override
    public void close() {
        Connection kept = connection;
        connection = null;
        if (kept != null) {
            try {
                kept.close();
            } catch (SQLException ex) {
                throw database.translate(ex);
            }
        }
    }
}
