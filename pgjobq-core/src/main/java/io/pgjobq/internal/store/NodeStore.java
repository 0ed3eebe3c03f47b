package io.pgjobq.internal.store;

import io.pgjobq.internal.database.Database;
import io.pgjobq.internal.database.SqlArrays;
import io.pgjobq.internal.database.SqlTimes;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The list of running nodes, and what dead ones leave behind. Thread-safe. */
public final class NodeStore implements NodeRegistry {

    private final Database database;

    public NodeStore(Database database) {
        this.database = database;
    }

    /** A node that was declared dead. */
    public record DeadNode(int id, String name) {}

    /**
     * What was freed from one claim of a dead node.
     *
     * @param queue the number of the queue whose jobs it held
     * @param ready the jobs that are ready again, {@code null} if none
     * @param rescued how many those are
     * @param quarantined how many of those may be what killed the node
     * @param died how many ended among the dead jobs
     * @param awaited those of the dead that somebody waits for
     */
    public record Rescue(
            int queue, @Nullable LanePosition ready, long rescued, long quarantined, long died, long[] awaited) {}

    @Override
    public int register(long token, String name, Duration heartbeatEvery, Duration silenceAllowed) {
        return database.alone(connection -> database.one(
                connection,
                "register_node",
                row -> row.getInt(1),
                token,
                name,
                heartbeatEvery.toMillis(),
                silenceAllowed.toMillis()));
    }

    @Override
    public void unregister(Registration registration) {
        database.alone(connection ->
                database.update(connection, "unregister_node", registration.node(), registration.token()));
    }

    @Override
    public boolean lock(Connection connection, int node) throws SQLException {
        return database.one(connection, "lock_node", row -> row.getBoolean(1), node);
    }

    @Override
    public HeartbeatResult heartbeat(Connection connection, Registration registration, boolean locked, int[] queues)
            throws SQLException {
        List<HeartbeatResult> rows = database.list(
                connection,
                "heartbeat",
                row -> new HeartbeatResult(
                        row.getBoolean(1) ? HeartbeatState.OTHERS_SILENT : HeartbeatState.WELL,
                        row.getLong(2),
                        row.getString(3),
                        Arrays.stream(SqlArrays.longs(row, 4))
                                .mapToObj(Math::toIntExact)
                                .toList(),
                        row.getBoolean(5),
                        row.getObject(6, Long.class),
                        SqlTimes.instant(row, 7)),
                locked,
                registration.node(),
                registration.token(),
                queues);
        return rows.isEmpty() ? HeartbeatResult.FENCED : rows.get(0);
    }

    /**
     * Declares silent nodes dead.
     *
     * @param quick whether a missing session lock shortens the silence that is allowed
     */
    public List<DeadNode> declareDead(int self, boolean quick) {
        return database.alone(connection -> database.list(
                connection, "declare_dead", row -> new DeadNode(row.getInt(1), row.getString(2)), self, quick));
    }

    /** Frees what up to so many claims of dead nodes hold. */
    public List<Rescue> rescue(int claims) {
        return database.alone(connection -> database.list(
                connection,
                "rescue",
                row -> {
                    long seq = row.getLong(3);
                    LanePosition ready = row.wasNull() ? null : new LanePosition(row.getInt(1), row.getInt(2), seq);
                    return new Rescue(
                            row.getInt(1),
                            ready,
                            row.getLong(4),
                            row.getLong(5),
                            row.getLong(6),
                            SqlArrays.longs(row, 7));
                },
                claims));
    }

    /** Returns what the node holds as the tables say: nothing if it is fenced. */
    public List<HeldJob> held(Registration registration) {
        return database.alone(connection -> database.list(
                connection,
                "own_claims",
                row -> new HeldJob(row.getLong(1), row.getObject(2, Long.class)),
                registration.node(),
                registration.token()));
    }
}
