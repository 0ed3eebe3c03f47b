package io.pgjobq.internal.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The list of running nodes, as one that is on it needs it. */
public interface NodeRegistry {

    /** Registers a node and returns its number, which no other has as long as the database keeps what it was told. */
    int register(long token, String name, Duration heartbeatEvery, Duration silenceAllowed);

    /** Takes the node off the list, if it is still on it. */
    void unregister(Registration registration);

    /** Tries to take the session lock that shows the process to be alive, and returns whether the connection has it. */
    boolean lock(Connection connection, int node) throws SQLException;

    /**
     * Shows that the node lives.
     *
     * @param locked whether the connection holds its session lock
     * @param queues the queues that are to be there
     */
    HeartbeatResult heartbeat(Connection connection, Registration registration, boolean locked, int[] queues)
            throws SQLException;

    /** What a heartbeat shows. */
    enum HeartbeatState {
        /** All is well. */
        WELL,
        /** Another node has been silent for longer than it should. */
        OTHERS_SILENT,
        /** The list does not have this registration: the node was declared dead, or the database was restored. */
        FENCED
    }

    /**
     * What the server answers to a heartbeat.
     *
     * @param drawn how far sequence numbers have been drawn, 0 if the node is fenced
     * @param history the server's identity and its timeline, empty if the node is fenced
     * @param missing those of the queues that are not there, none if the node is fenced
     * @param cancellations whether this node has jobs to cancel
     * @param scheduledInMillis when the next schedule is due, less than 0 if it was before, {@code null} if none will be
     * @param at the server's time, {@code null} if the node is fenced
     */
    record HeartbeatResult(
            HeartbeatState state,
            long drawn,
            String history,
            List<Integer> missing,
            boolean cancellations,
            @Nullable Long scheduledInMillis,
            @Nullable Instant at) {

        static final HeartbeatResult FENCED =
                new HeartbeatResult(HeartbeatState.FENCED, 0, "", List.of(), false, null, null);
    }
}
