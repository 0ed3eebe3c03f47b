package io.pgjobq.internal.store;

import io.pgjobq.JobFilter;
import io.pgjobq.internal.database.Database;
import io.pgjobq.internal.database.SqlArrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Moving jobs that nobody holds to other queues, or to other types. Thread-safe. */
public final class MoveStore {

    private final Database database;

    public MoveStore(Database database) {
        this.database = database;
    }

    /**
     * Where jobs go.
     *
     * @param queue the name of the queue, {@code null} for the one they are in
     * @param type the type, {@code null} for the one they have
     */
    public record Target(@Nullable String queue, @Nullable String type) {}

    /** What became of a request to move a job. */
    public enum Outcome {
        /** It has a new place. */
        MOVED,
        /** A node holds it. */
        HELD,
        /** Another job has its key there. */
        KEY_TAKEN,
        /** There is no queue of that name. */
        NO_QUEUE,
        /** Somebody else has moved it at this moment. */
        CHANGED,
        /** There is no such job. */
        UNKNOWN
    }

    /**
     * A job was to be moved.
     *
     * @param place where it is now, {@code null} if it was not moved
     */
    public record Moved(Outcome outcome, @Nullable LanePosition place) {}

    /** Moves a job. */
    public Moved move(long id, Target target) {
        return database.alone(connection -> database.one(
                connection,
                "move",
                row -> {
                    Outcome outcome = switch (String.valueOf(row.getString(1))) {
                        case "moved" -> Outcome.MOVED;
                        case "held" -> Outcome.HELD;
                        case "key taken" -> Outcome.KEY_TAKEN;
                        case "no queue" -> Outcome.NO_QUEUE;
                        case "changed" -> Outcome.CHANGED;
                        default -> Outcome.UNKNOWN;
                    };
                    return new Moved(
                            outcome,
                            outcome == Outcome.MOVED
                                    ? new LanePosition(row.getInt(2), row.getInt(3), row.getLong(4))
                                    : null);
                },
                id,
                target.queue(),
                target.type()));
    }

    /**
     * Some jobs of a lane were moved.
     *
     * @param first the first of them where they are now, {@code null} if none of them is in line
     * @param held how many stay since nodes hold them
     * @param left those that are to be moved one by one: they have a key, or somebody has them at this moment
     * @param next from where to go on, {@code null} if the lane is done
     */
    public record Part(
            long moved,
            @Nullable LanePosition first,
            long held,
            long[] left,
            @Nullable Long next) {}

    /** Moves those of so many jobs of a lane that the filter means; empty if there is no such queue. */
    public Optional<Part> moveSome(LaneRange lane, JobFilter filter, Target target, int limit) {
        return database.alone(connection -> database.one(
                connection,
                "move_some",
                row -> {
                    int to = row.getInt(1);
                    if (row.wasNull()) {
                        return Optional.empty();
                    }
                    Long first = row.getObject(3, Long.class);
                    return Optional.of(new Part(
                            row.getLong(2),
                            first == null ? null : new LanePosition(to, lane.lane(), first),
                            row.getLong(4),
                            SqlArrays.longs(row, 5),
                            row.getObject(6, Long.class)));
                },
                StoredFilter.values(lane.queue(), (short) lane.lane(), lane.from(), lane.until())
                        .meant(filter)
                        .and(target.queue(), target.type(), limit)
                        .array()));
    }
}
