package io.pgjobq.internal.store;

import java.util.List;
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
 * @param turns what is said and asked of jobs with keys
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
        @Nullable String @Nullable [] types,
        Turns turns) {

    /**
     * What is said and asked of jobs with keys.
     *
     * @param ended which are held no longer
     * @param lines where one may have its turn
     */
    public record Turns(EndedTurns ended, List<Long> lines) {

        /** Nothing. */
        public static final Turns NONE = new Turns(new EndedTurns(List.of(), List.of()), List.of());

        public Turns {
            lines = List.copyOf(lines);
        }

        public boolean isEmpty() {
            return ended.isEmpty() && lines.isEmpty();
        }
    }

    /** Says and asks nothing of jobs with keys. */
    public ClaimRequest(
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
        this(queue, node, claim, limit, startable, lanes, from, last, told, types, Turns.NONE);
    }

    /** Returns whether a quarantined job is asked for, which comes first then. */
    public boolean asksForQuarantined() {
        return lanes.length > 0 && lanes[0] == LanePosition.QUARANTINE;
    }

    /** Returns the lane that a claim made by this request is for. */
    int laneOf(long id) {
        return lanes[(int) (id - claim) - 1];
    }
}
