package io.pgjobq.internal.worker;

import io.pgjobq.HistoryRetention;
import io.pgjobq.RetryPolicy;
import java.time.Duration;

/**
 * How a queue's jobs are run.
 *
 * @param concurrency how many jobs of the queue may run at once on this node, from 1 to 10,000
 * @param maxAttempts how many attempts a job has in all, from 1 to 100; the same on every node, the last one to start
 *     decides
 * @param retry how long a failed job waits
 * @param shutdownTimeout how long stopping waits for running jobs before it interrupts them
 * @param autoStartup whether the container starts with the application
 * @param history how long finished jobs are kept; the same on every node, the last one to start decides
 */
public record WorkerOptions(
        int concurrency,
        int maxAttempts,
        RetryPolicy retry,
        Duration shutdownTimeout,
        boolean autoStartup,
        HistoryRetention history) {

    /** 10 jobs at once, 10 attempts, 25 seconds to stop, started with the application. */
    public static final WorkerOptions DEFAULT =
            new WorkerOptions(10, 10, RetryPolicy.DEFAULT, Duration.ofSeconds(25), true, HistoryRetention.DEFAULT);

    public WorkerOptions {
        check(concurrency >= 1 && concurrency <= 10_000, "concurrency must be from 1 to 10000, but is " + concurrency);
        check(maxAttempts >= 1 && maxAttempts <= 100, "max-attempts must be from 1 to 100, but is " + maxAttempts);
        check(
                !shutdownTimeout.isNegative() && shutdownTimeout.compareTo(Duration.ofDays(1)) <= 0,
                "shutdown-timeout must be from 0 to 1 day, but is " + shutdownTimeout);
    }

    private static void check(boolean valid, String message) {
        if (!valid) {
            throw new IllegalArgumentException(message);
        }
    }
}
