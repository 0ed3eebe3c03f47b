package io.pgjobq.internal.store;

/**
 * Places in a lane of a queue.
 *
 * @param from the first seq
 * @param until the last
 */
public record LaneRange(int queue, int lane, long from, long until) {

    /** Returns all places from a seq on. */
    public static LaneRange from(int queue, int lane, long from) {
        return new LaneRange(queue, lane, from, Long.MAX_VALUE);
    }
}
