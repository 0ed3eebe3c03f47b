package io.pgjobq.internal.store;

import io.pgjobq.internal.database.Database;
import io.pgjobq.internal.database.SqlArrays;
import org.jspecify.annotations.Nullable;

/** Which jobs with keys are held. Thread-safe. */
public final class KeyStore {

    private final Database database;

    public KeyStore(Database database) {
        this.database = database;
    }

    /** Says that a node that takes no more jobs of a queue no longer holds these; returns the lines where others may be taken now. */
    public long[] giveUp(int queue, EndedTurns ended) {
        return database.alone(connection -> database.one(
                connection,
                "give_up_keys",
                row -> SqlArrays.longs(row, 1),
                queue,
                ended.lines().toArray(Long[]::new),
                ended.ids().toArray(Long[]::new)));
    }

    /** A place among what is held. */
    public record HoldPosition(int queue, long line, long id) {}

    /** Forgets what is held no more, of so many rows after a position, {@code null} for the first. */
    public Swept<HoldPosition> sweep(@Nullable HoldPosition from, int limit) {
        return database.alone(connection -> database.one(
                connection,
                "sweep_holds",
                row -> {
                    Long line = row.getObject(3, Long.class);
                    return new Swept<>(
                            row.getLong(1) > 0,
                            line == null ? null : new HoldPosition(row.getInt(2), line, row.getLong(4)));
                },
                from == null ? 0 : from.queue(),
                from == null ? 0L : from.line(),
                from == null ? 0L : from.id(),
                limit));
    }
}
