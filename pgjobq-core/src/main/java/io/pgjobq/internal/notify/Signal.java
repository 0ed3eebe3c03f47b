package io.pgjobq.internal.notify;

import java.util.List;

/** What one part of pgjobq tells the others, in this process and in others. A hint: whatever it says is looked up. */
public sealed interface Signal {

    /**
     * Jobs became ready.
     *
     * @param queue the queue's number
     * @param priority the lane
     * @param seq the lowest sequence number
     */
    record Ready(int queue, int priority, long seq) implements Signal {}

    /** A waiting job will be due. */
    record Due(long inMillis) implements Signal {}

    /** A schedule will be due. */
    record Scheduled(long inMillis) implements Signal {}

    /** A queue must be looked at as a whole. */
    record Look(int queue) implements Signal {}

    /** There may be room for more jobs of a queue that has limits. */
    record Room(int queue) implements Signal {}

    /** A job with a key may have its turn: the next one in that line of the queue. */
    record Turn(int queue, long line) implements Signal {}

    /** A node has jobs to cancel. */
    record Cancel(int node) implements Signal {}

    /** Jobs that somebody waits for have ended. */
    record Ended(List<Long> ids) implements Signal {}

    /** The progress of jobs that somebody waits for was written. */
    record Progressed(List<Long> ids) implements Signal {}
}
