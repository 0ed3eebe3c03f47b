package io.pgjobq;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The state of a queue at one moment. Counting stops at {@value #COUNT_LIMIT}, so that asking never costs much: a count
 * of that value means that many or more.
 *
 * @param name the queue's name
 * @param paused whether no node starts its jobs
 * @param ready the jobs that could start now
 * @param running the jobs that a node has taken
 * @param waiting the jobs that wait for their time: delayed ones, and failed ones during their back-off
 * @param dead the jobs that failed for good and have not been redriven
 * @param oldestReadyAge how long ago the job that is next in line was sent, {@code null} if none is ready
 */
public record QueueDescription(
        String name,
        boolean paused,
        long ready,
        long running,
        long waiting,
        long dead,
        @Nullable Duration oldestReadyAge) {

    /** Where counting stops. */
    public static final int COUNT_LIMIT = 10_000;
}
