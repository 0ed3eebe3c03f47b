package io.pgjobq.store;

/**
 * Jobs of a queue and priority became ready, at the earliest the one with this sequence number.
 *
 * @param queue the queue's number
 * @param priority the lane
 * @param seq the lowest sequence number
 */
public record ReadyJobs(int queue, int priority, long seq) {

    /** How many priorities there are. */
    public static final int PRIORITIES = 10;
}
