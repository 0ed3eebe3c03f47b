package io.pgjobq.internal.store;

import io.pgjobq.DeadJob;
import io.pgjobq.JobFilter;
import io.pgjobq.internal.database.Database;
import io.pgjobq.internal.database.SqlTimes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Dead jobs, and making them ready again. Thread-safe. */
public final class DeadJobStore {

    private final Database database;

    public DeadJobStore(Database database) {
        this.database = database;
    }

    /**
     * Jobs of one lane that were made ready again, or that wait for it.
     *
     * @param first the first of them
     * @param jobs how many
     * @param dueInMillis in what time the first is due, {@code null} if they don't wait
     */
    public record Redriven(
            LanePosition first, long jobs, @Nullable Long dueInMillis) {}

    /**
     * A death, behind which to go on.
     *
     * @param micros when, in microseconds since 1970
     */
    public record Death(long micros, long id) {}

    /**
     * Some dead jobs of a queue were looked at.
     *
     * @param lanes what has become of those that were asked for
     * @param until before when they had to be dead
     * @param next behind which to go on, {@code null} if those were all
     */
    public record Part(
            List<Redriven> lanes,
            OffsetDateTime until,
            @Nullable Death next) {}

    /**
     * At which rate jobs become ready.
     *
     * @param done how many have their times already
     * @param everyMicros how long after the one before each comes
     */
    public record Spread(long done, long everyMicros) {}

    /** Returns the dead job of that id. */
    public Optional<DeadJob> find(long id) {
        return database
                .alone(connection -> database.list(
                        connection,
                        "dead_job",
                        row -> new DeadJob(
                                row.getLong(1),
                                row.getString(2),
                                row.getString(3),
                                row.getBytes(4),
                                StoredJson.attributes(row.getString(5)),
                                SqlTimes.instant(row, 6),
                                SqlTimes.instant(row, 7),
                                StoredJson.errors(row.getString(8))),
                        id))
                .stream()
                .findFirst();
    }

    /** Makes the dead job of that id ready again, with another type and payload if those are given. */
    public List<Redriven> redrive(long id, @Nullable String type, byte @Nullable [] payload) {
        return database.alone(
                connection -> database.list(connection, "redrive", DeadJobStore::redriven, id, type, payload));
    }

    /**
     * Makes those of so many dead jobs of a queue ready again that the filter means.
     *
     * @param after behind which to go on, {@code null} for the first
     * @param until before when they died, by the server's clock; {@code null} for now
     * @param spread at which rate, {@code null} for all at once
     */
    public Part redriveSome(
            int queue,
            JobFilter filter,
            int limit,
            @Nullable Death after,
            @Nullable OffsetDateTime until,
            @Nullable Spread spread) {
        List<Redriven> lanes = new ArrayList<>();
        List<Part> end = new ArrayList<>();
        database.alone(connection -> database.list(
                connection,
                "redrive_some",
                row -> isLane(row) ? lanes.add(redriven(row)) : end.add(part(lanes, row)),
                StoredFilter.values(queue)
                        .meant(filter)
                        .finished(filter)
                        .and(limit, after == null ? null : after.micros, after == null ? null : after.id, until)
                        .and(spread == null ? null : spread.done, spread == null ? null : spread.everyMicros)
                        .array()));
        return end.get(0);
    }

    private static boolean isLane(ResultSet row) throws SQLException {
        row.getInt(1);
        return !row.wasNull();
    }

    private static Redriven redriven(ResultSet row) throws SQLException {
        return new Redriven(
                new LanePosition(row.getInt(1), row.getInt(2), row.getLong(3)),
                row.getLong(4),
                row.getObject(5, Long.class));
    }

    private static Part part(List<Redriven> lanes, ResultSet row) throws SQLException {
        OffsetDateTime until = row.getObject(6, OffsetDateTime.class);
        Long micros = row.getObject(7, Long.class);
        return new Part(lanes, until, micros == null ? null : new Death(micros, row.getLong(8)));
    }
}
