package io.pgjobq.internal.store;

import io.pgjobq.HistoryRetention;
import io.pgjobq.QueueDescription;
import io.pgjobq.QueueLimits;
import io.pgjobq.internal.database.Database;
import io.pgjobq.internal.database.SqlArrays;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The queues. Thread-safe. */
public final class QueueStore implements QueueNumbers {

    /** How many jobs to remove in one go, so that nothing waits for long. */
    public static final int PURGED_AT_ONCE = 1_000;

    private final Database database;

    public QueueStore(Database database) {
        this.database = database;
    }

    /** Creates the queue if there is none of that name, and returns its number. */
    public int create(String name) {
        return database.alone(connection -> {
            database.update(connection, "create_queue", name);
            return database.one(connection, "find_queue", row -> row.getInt(1), name);
        });
    }

    @Override
    public @Nullable Integer find(String name) {
        return first(database.alone(connection -> database.list(connection, "find_queue", row -> row.getInt(1), name)));
    }

    /** Brings the settings up to date that are the same on every node; returns whether they were others. */
    public boolean settings(int queue, int maxAttempts, HistoryRetention history) {
        return database.alone(connection -> !database.list(
                        connection,
                        "queue_settings",
                        row -> true,
                        (short) maxAttempts,
                        history.succeeded().toMillis(),
                        history.dead().toMillis(),
                        queue)
                .isEmpty());
    }

    /** Sets the queue's limits, and returns its number; {@code null} if there is none of that name. */
    public @Nullable Integer limit(String name, QueueLimits limits) {
        StoredLimits stored = StoredLimits.of(limits);
        return first(database.alone(connection -> database.list(
                connection,
                "limit_queue",
                row -> row.getInt(1),
                stored.mostRunning(),
                stored.rateStarts(),
                stored.rateMicros(),
                stored.rateBurst(),
                stored.perKey(),
                stored.keyOrder(),
                name)));
    }

    /** Sets the limits that an application declares, unless those were declared before; returns whether they were not. */
    public boolean declareLimits(int queue, QueueLimits limits) {
        StoredLimits stored = StoredLimits.of(limits);
        String declared = limits.equals(QueueLimits.NONE) ? "" : limits.toString();
        return !database.alone(connection -> database.list(
                        connection,
                        "declare_limits",
                        row -> true,
                        stored.mostRunning(),
                        stored.rateStarts(),
                        stored.rateMicros(),
                        stored.rateBurst(),
                        stored.perKey(),
                        stored.keyOrder(),
                        declared,
                        queue))
                .isEmpty();
    }

    @Override
    public List<String> names() {
        return database.alone(connection -> database.list(connection, "queue_names", row -> row.getString(1)));
    }

    /** Describes the named queue, or all. */
    public List<QueueDescription> describe(@Nullable String name) {
        return database.alone(connection -> database.list(
                connection,
                "describe_queue",
                row -> {
                    BigDecimal age = row.getBigDecimal(7);
                    return new QueueDescription(
                            row.getString(1),
                            row.getBoolean(2),
                            row.getLong(3),
                            row.getLong(4),
                            row.getLong(5),
                            row.getLong(6),
                            age == null
                                    ? null
                                    : Duration.ofMillis(age.movePointRight(3).longValue()),
                            StoredLimits.read(row, 8));
                },
                name,
                QueueDescription.COUNT_LIMIT));
    }

    /** Pauses or resumes the queue and returns its number, {@code null} if there is none of that name. */
    public @Nullable Integer pause(String name, boolean paused) {
        return first(database.alone(
                connection -> database.list(connection, "pause_queue", row -> row.getInt(1), paused, name)));
    }

    /** Takes the queue's name away, and returns its number; {@code null} if there is none, or it has jobs to be kept. */
    public @Nullable Integer delete(String name, boolean withJobs) {
        return first(database.alone(
                connection -> database.list(connection, "delete_queue", row -> row.getInt(1), name, withJobs)));
    }

    /**
     * Some of what deleted queues have left was removed.
     *
     * @param awaited the removed jobs that somebody waits for
     * @param more whether there may be more to remove
     */
    public record Purge(long[] awaited, boolean more) {}

    /** Removes up to so many jobs, and as many claims, that deleted queues have left. */
    public Purge purge(int limit) {
        return database.alone(connection -> database.one(
                connection, "purge_queues", row -> new Purge(SqlArrays.longs(row, 1), row.getBoolean(2)), limit));
    }

    /** Returns the numbers of queues that jobs name although there are none. */
    public List<Integer> unknown() {
        return database.alone(connection -> database.list(connection, "unknown_queues", row -> row.getInt(1)));
    }

    private static @Nullable Integer first(List<Integer> rows) {
        return rows.isEmpty() ? null : rows.get(0);
    }
}
