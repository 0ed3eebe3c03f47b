package io.pgjobq.internal.store;

import org.jspecify.annotations.Nullable;

/**
 * What a node wants to take.
 *
 * @param queue the queue's number
 * @param node who takes them
 * @param claim what the ids of the claims are counted from; room for one a lane
 * @param limit at most how many jobs
 * @param startable at most how many jobs, if the queue has limits: those that can start at once
 * @param lanes the lanes to look at, the most urgent first
 * @param from for each lane, where to start
 * @param last for each lane, when the node last looked at it, 0 if what others have taken since then is to be looked at
 * @param told for each lane, the lowest seq that was announced since the last request: everything is looked at from there on
 * @param types the types that the node can run, {@code null} for all; if {@code null} comes first, all whose name without a version
 *     is not among the others, too
 */
public record ClaimRequest(
        int queue,
        Registration node,
        long claim,
        int limit,
        int startable,
        short[] lanes,
        long[] from,
        long[] last,
        long[] told,
        @Nullable String @Nullable [] types) {

    /** Returns whether a quarantined job is asked for, which comes first then. */
    public boolean asksForQuarantined() {
        return lanes.length > 0 && lanes[0] == LanePosition.QUARANTINE;
    }

    /** Returns the lane that a claim made by this request is for. */
    int laneOf(long id) {
        return lanes[(int) (id - claim) - 1];
    }
}
