package io.pgjobq.store;

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
     */
    public record Promotion(List<ReadyJobs> ready, @Nullable Long nextInMillis) {}

    /** Puts due jobs in line, up to so many a queue. */
    public Promotion promote(int limit) {
        List<ReadyJobs> ready = new ArrayList<>();
        List<Long> next = new ArrayList<>();
        database.alone(connection -> database.list(
                connection,
                "promote",
                row -> {
                    int queue = row.getInt(1);
                    if (!row.wasNull()) {
                        return ready.add(new ReadyJobs(queue, row.getInt(2), row.getLong(3)));
                    }
                    long millis = row.getLong(4);
                    return !row.wasNull() && next.add(Math.max(0, millis));
                },
                limit));
        return new Promotion(ready, next.isEmpty() ? null : next.get(0));
    }

    /** Returns for each lane of the queues the lowest seq that nobody has taken. */
    public List<ReadyJobs> sweep(int[] queues) {
        return database.alone(connection -> database.list(
                connection, "sweep", row -> new ReadyJobs(row.getInt(1), row.getInt(2), row.getLong(3)), queues));
    }

    /** Returns how far sequence numbers have been drawn. */
    public long position() {
        return database.alone(connection -> database.one(connection, "sequence_position", row -> row.getLong(1)));
    }

    /** Returns types at the head of the queue that are not among the given ones. */
    public List<String> unknownTypes(int queue, String[] known) {
        return database.alone(
                connection -> database.list(connection, "unknown_types", row -> row.getString(1), queue, known));
    }
}
