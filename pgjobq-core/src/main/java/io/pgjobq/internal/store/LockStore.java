package io.pgjobq.internal.store;

import io.pgjobq.internal.database.Database;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who holds the advisory locks that claims, sends and upkeep need. Thread-safe. */
public final class LockStore {

    private final Database database;

    public LockStore(Database database) {
        this.database = database;
    }

    /**
     * A lock that a session holds.
     *
     * @param pid the session
     * @param transaction the same as long as the session is in the same transaction, or idle
     * @param role as whom the session logged in, {@code null} if it has ended meanwhile
     * @param application what the session calls itself, {@code null} if it has ended meanwhile
     * @param sends whether direct starts need the lock, rather than claims and upkeep
     * @param object a queue's number, or 0 or less for a kind of upkeep
     * @param queue the queue's name, {@code null} if it is none
     */
    public record Held(
            int pid,
            String transaction,
            @Nullable String role,
            @Nullable String application,
            boolean sends,
            int object,
            @Nullable String queue) {}

    /** Returns the locks that others hold right now. */
    public List<Held> held() {
        return database.alone(connection -> database.list(
                connection,
                "held_locks",
                row -> new Held(
                        row.getInt(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getBoolean(5),
                        (int) row.getLong(6),
                        row.getString(7))));
    }
}
