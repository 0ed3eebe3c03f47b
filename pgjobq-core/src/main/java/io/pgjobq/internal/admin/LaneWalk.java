package io.pgjobq.internal.admin;

import io.pgjobq.internal.store.LanePosition;
import io.pgjobq.internal.store.LaneRange;
import io.pgjobq.internal.store.LaneStore;
import org.jspecify.annotations.Nullable;

/**
 * Goes over the jobs of a queue that are there now, some at a time. Jobs leave the lane of those that wait for the ends of the others, so
 * that it comes first; and they come back to it when they fail. What comes to the end of a lane after the look at those that wait is not
 * there now: this ends, however fast others send. Thread-safe.
 */
final class LaneWalk {

    private final LaneStore lanes;

    /** What is done with jobs of a lane. */
    @FunctionalInterface
    interface Visitor {

        /** Does it for some of the jobs, and returns the seq from which to go on, {@code null} if those were all. */
        @Nullable
        Long some(LaneRange range);
    }

    LaneWalk(LaneStore lanes) {
        this.lanes = lanes;
    }

    /** @param again whether those that wait are looked at once more in the end, as they are gone if it was done for them */
    void over(int queue, Visitor visitor, boolean again) {
        lane(queue, LanePosition.WAITING, Long.MAX_VALUE, visitor);
        long until = lanes.position();
        for (int lane = 0; lane < LanePosition.WAITING; lane++) {
            lane(queue, lane, until, visitor);
        }
        if (again) {
            lane(queue, LanePosition.WAITING, Long.MAX_VALUE, visitor);
        }
    }

    private static void lane(int queue, int lane, long until, Visitor visitor) {
        Long from = 0L;
        while (from != null) {
            from = visitor.some(new LaneRange(queue, lane, from, until));
        }
    }
}
