package io.pgjobq;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A job that was sent. If it was sent inside a transaction, it does not exist before that transaction commits.
 *
 * @param <R> what its handler returns, {@code Void} if the sender did not say
 */
public interface SentJob<R> {

    /** Returns the job's id, by which {@link JobCompletions} finds it from anywhere. */
    long id();

    /** Returns the name of the queue that the job was sent to. */
    String queue();

    /**
     * Returns a future of the job's end, with the configured time-out ({@code pgjobq.completion.timeout}, 1 hour by
     * default). May be called at any time and more than once.
     *
     * <p>It completes exceptionally with {@link CompletionTimeoutException} when the time is over, and with
     * {@link UnknownJobException} if the sending transaction rolled back. Cancelling the future stops the waiting, not
     * the job. Dependent stages run on a thread of pgjobq unless an executor is given; they must not block it.
     */
    CompletableFuture<JobOutcome<R>> completion();

    /** Like {@link #completion()}, with a time-out of its own. */
    CompletableFuture<JobOutcome<R>> completion(Duration timeout);
}
