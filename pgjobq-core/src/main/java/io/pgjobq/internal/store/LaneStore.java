package io.pgjobq.internal.store;

import io.pgjobq.internal.database.Database;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What nobody was told of: jobs that have become due, jobs whose wake-up was lost. Thread-safe. */
public final class LaneStore {

    private final Database database;

    public LaneStore(Database database) {
        this.database = database;
    }

    /**
     * Due jobs that were put in line.
     *
     * @param ready what became ready
     * @param nextInMillis when the next job is due, {@code null} if none waits
     * @param until until when nothing is left to be put in line, by the server's clock; {@code null} if something may be
     */
    public record Promotion(
            List<LanePosition> ready,
            @Nullable Long nextInMillis,
            @Nullable OffsetDateTime until) {}

    /**
     * Puts due jobs in line, up to so many, the same share of each queue that has any.
     *
     * @param from from when on they became due, {@code null} if that does not matter
     */
    public Promotion promote(int limit, @Nullable OffsetDateTime from) {
        List<LanePosition> ready = new ArrayList<>();
        List<Promotion> end = new ArrayList<>();
        database.alone(connection -> database.list(
                connection,
                "promote",
                row -> {
                    int queue = row.getInt(1);
                    if (!row.wasNull()) {
                        return ready.add(new LanePosition(queue, row.getInt(2), row.getLong(3)));
                    }
                    long millis = row.getLong(4);
                    Long next = row.wasNull() ? null : millis;
                    return end.add(new Promotion(ready, next, row.getObject(5, OffsetDateTime.class)));
                },
                limit,
                from));
        return end.get(0);
    }

    /**
     * What nobody may have been told of.
     *
     * @param ready for each lane the lowest seq that nobody has taken
     * @param dueInMillis when the next job is due, less than 0 if it was before, {@code null} if none waits
     * @param abandoned whether dead nodes hold claims
     */
    public record Neglected(
            List<LanePosition> ready, @Nullable Long dueInMillis, boolean abandoned) {}

    /** Looks what there is to do, in the lanes of the queues only for jobs from that seq on. */
    public Neglected sweep(int[] queues, long from) {
        List<LanePosition> ready = new ArrayList<>();
        List<Neglected> all = new ArrayList<>();
        database.alone(connection -> database.list(
                connection,
                "sweep",
                row -> {
                    int queue = row.getInt(1);
                    if (!row.wasNull()) {
                        return ready.add(new LanePosition(queue, row.getInt(2), row.getLong(3)));
                    }
                    long millis = row.getLong(4);
                    Long due = row.wasNull() ? null : millis;
                    return all.add(new Neglected(ready, due, row.getBoolean(5)));
                },
                queues,
                from));
        return all.get(0);
    }

    /** Returns how far sequence numbers have been drawn. */
    public long position() {
        return database.alone(connection -> database.one(connection, "sequence_position", row -> row.getLong(1)));
    }

    /**
     * A type that nobody asks for.
     *
     * @param jobs how many of those that were looked at have it
     * @param example the id of the first one
     */
    public record Unknown(String type, long jobs, long example) {}

    /** Returns types of free jobs in the lane, from that seq on, that a claim for the given ones would not take. */
    public List<Unknown> unknownTypes(LanePosition from, @Nullable String[] known) {
        return database.alone(connection -> database.list(
                connection,
                "unknown_types",
                row -> new Unknown(row.getString(1), row.getLong(2), row.getLong(3)),
                from.queue(),
                (short) from.priority(),
                from.seq(),
                known));
    }
}
