package io.pgjobq.internal.store;

import io.pgjobq.DeadJob;
import io.pgjobq.internal.database.Database;
import io.pgjobq.internal.database.SqlTimes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
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

    /** Returns dead jobs, of that id or of that queue, the latest first. */
    public List<DeadJob> dead(@Nullable Long id, @Nullable String queue, int limit) {
        return database.alone(connection -> database.list(
                connection,
                "dead_jobs",
                row -> new DeadJob(
                        row.getLong(1),
                        row.getString(2),
                        row.getString(3),
                        row.getBytes(4),
                        StoredJson.attributes(row.getString(5)),
                        SqlTimes.instant(row, 6),
                        SqlTimes.instant(row, 7),
                        StoredJson.errors(row.getString(8))),
                id,
                queue,
                limit));
    }

    /**
     * Jobs of one lane that were made ready again.
     *
     * @param ready the first of them
     * @param jobs how many
     * @param until when they had to be dead at the latest
     */
    public record Redriven(LanePosition ready, long jobs, OffsetDateTime until) {}

    /**
     * Makes the dead job of that id, or some of that queue, ready again.
     *
     * @param until when they died at the latest, by the server's clock; {@code null} for now
     */
    public List<Redriven> redrive(
            @Nullable Long id, @Nullable Integer queue, int limit, @Nullable OffsetDateTime until) {
        return database.alone(connection -> database.list(
                connection,
                "redrive",
                row -> new Redriven(
                        new LanePosition(row.getInt(1), row.getInt(2), row.getLong(3)),
                        row.getLong(4),
                        row.getObject(5, OffsetDateTime.class)),
                id,
                queue,
                limit,
                until));
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
