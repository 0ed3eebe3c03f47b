package io.pgjobq.internal.store;

import io.pgjobq.JobFilter;
import io.pgjobq.internal.database.Database;
import io.pgjobq.internal.database.SqlArrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Cancelling jobs, and requests to those who hold them. Thread-safe. */
public final class CancellationStore {

    private final Database database;

    public CancellationStore(Database database) {
        this.database = database;
    }

    /** What became of a request to cancel a job. */
    public enum Outcome {
        /** The job was cancelled. */
        CANCELLED,
        /** The job was cancelled, and somebody waits for it. */
        CANCELLED_AWAITED,
        /** A node holds the job, and has been told. */
        REQUESTED,
        /** There is no such job. */
        UNKNOWN
    }

    /**
     * A request that a node has to obey.
     *
     * @param reason what was given, {@code null} if nothing
     */
    public record Request(long job, @Nullable String reason) {}

    /** Cancels a job, or asks the node that holds it to do so. */
    public Outcome cancel(long id, @Nullable String reason) {
        return database.alone(connection -> database.one(
                connection,
                "cancel",
                row -> {
                    String outcome = row.getString(1);
                    if (outcome == null) {
                        return Outcome.UNKNOWN;
                    }
                    if (outcome.equals("requested")) {
                        return Outcome.REQUESTED;
                    }
                    return row.getBoolean(2) ? Outcome.CANCELLED_AWAITED : Outcome.CANCELLED;
                },
                id,
                reason));
    }

    /**
     * Some jobs of a lane were cancelled.
     *
     * @param awaited those of them that somebody waits for
     * @param busy those that somebody is replacing at this moment, in a transaction of his own
     * @param next from where to go on, {@code null} if the lane is done
     */
    public record Part(
            long cancelled,
            long requested,
            long[] awaited,
            long[] busy,
            @Nullable Long next) {}

    /** Cancels those of so many jobs of a lane that the filter means. */
    public Part cancelSome(LaneRange lane, JobFilter filter, @Nullable String reason, int limit) {
        return database.alone(connection -> database.one(
                connection,
                "cancel_some",
                row -> new Part(
                        row.getLong(1),
                        row.getLong(2),
                        SqlArrays.longs(row, 3),
                        SqlArrays.longs(row, 4),
                        row.getObject(5, Long.class)),
                StoredFilter.values(lane.queue(), (short) lane.lane(), lane.from(), lane.until())
                        .meant(filter)
                        .and(reason, limit)
                        .array()));
    }

    /** Returns what the node has to cancel, and what nobody else will; not more than a thousand jobs. */
    public List<Request> of(int node) {
        return database.alone(connection ->
                database.list(connection, "cancellations", row -> new Request(row.getLong(1), row.getString(2)), node));
    }
}
