package io.pgjobq.internal.store;

import io.pgjobq.internal.database.Database;
import io.pgjobq.internal.database.SqlTimes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Jobs that have ended. Thread-safe. */
public final class FinishedJobStore implements HistoryPartitions {

    private final Database database;

    public FinishedJobStore(Database database) {
        this.database = database;
    }

    /** Marks jobs as waited for, and returns those that have not ended. */
    public List<Long> await(long[] ids) {
        return database.alone(connection -> database.list(connection, "await", row -> row.getLong(1), ids));
    }

    /** Returns what is known of the jobs' ends, one for each id. */
    public List<StoredOutcome> outcomes(long[] ids) {
        return database.alone(connection -> database.list(connection, "outcomes", FinishedJobStore::outcome, ids));
    }

    private static StoredOutcome outcome(ResultSet row) throws SQLException {
        String error = row.getString(7);
        return new StoredOutcome(
                row.getLong(1),
                row.getString(2),
                row.getInt(3),
                SqlTimes.nullable(row, 4),
                SqlTimes.nullable(row, 5),
                row.getBytes(6),
                error == null ? null : StoredJson.error(error),
                row.getBoolean(8));
    }

    @Override
    public void maintain() {
        database.alone(connection -> database.list(connection, "maintain_history", row -> true));
    }

    /** Drops a partition whose day has come, and returns its name; {@code null} if there is none that can be dropped. */
    public @Nullable String drop() {
        return database.alone(
                connection -> database.<@Nullable String>one(connection, "drop_history", row -> row.getString(1)));
    }
}
