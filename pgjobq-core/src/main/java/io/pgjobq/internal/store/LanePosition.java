package io.pgjobq.internal.store;

/**
 * Jobs of a queue and priority became ready, at the earliest the one with this sequence number.
 *
 * @param queue the queue's number
 * @param priority the lane: the jobs' priority, or {@link #QUARANTINE}
 * @param seq the lowest sequence number
 */
public record LanePosition(int queue, int priority, long seq) {

    /** How many priorities there are. */
    public static final int PRIORITIES = 10;

    /**
     * The lane of jobs that were held by two nodes that died, or more, whatever their priority: they may be what killed
     * them, and are taken one at a time.
     */
    public static final int QUARANTINE = PRIORITIES;

    /** How many lanes there are from which jobs are taken. */
    public static final int LANES = PRIORITIES + 1;

    /** The lane of jobs that wait. */
    public static final int WAITING = LANES;
}
