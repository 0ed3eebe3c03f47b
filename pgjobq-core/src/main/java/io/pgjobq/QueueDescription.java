package io.pgjobq;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The state of a queue at one moment. Counting stops at {@value #COUNT_LIMIT}, so that asking never costs much: a count
 * of that value means that many or more.
 *
 * @param name the queue's name
 * @param paused whether no node starts its jobs
 * @param ready the jobs that wait for no time and are not taken: they could start now, unless the queue is paused
 * @param running the jobs that a node has taken
 * @param waiting the jobs that wait for their time (delayed ones, and failed ones during their back-off), or that a node is
 *     about to put in line since it has just come
 * @param dead the jobs that failed for good and have not been redriven
 * @param oldestReadyAge how long the job that is next in line has been ready, that of the priority where it is the longest;
 *     {@code null} if none is ready. A delay or a back-off does not count, nor what was before a job was redriven
 * @param limits what is allowed of its jobs in the whole fleet
 */
public record QueueDescription(
        String name,
        boolean paused,
        long ready,
        long running,
        long waiting,
        long dead,
        @Nullable Duration oldestReadyAge,
        QueueLimits limits) {

    /** Where counting stops. */
    public static final int COUNT_LIMIT = 10_000;
}
