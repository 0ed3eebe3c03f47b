package io.pgjobq.internal.completion;

import io.pgjobq.JobCompletions;
import io.pgjobq.JobOutcome;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Waits for the ends of jobs, those included that are being sent here. Thread-safe. */
public interface Completions extends JobCompletions {

    /** Returns how long is waited where the caller does not say. */
    Duration defaultTimeout();

    /**
     * As {@link #completion(long, Class, Duration)}, for a job that was sent here.
     *
     * @param marked whether it was marked as waited for when it was sent: its end is told of, and looked up only in case that
     *     it was told of too early, or that this is long in coming
     * @param transaction what has to commit before the job can be found, {@code null} if nothing has
     */
    <R> CompletableFuture<JobOutcome<R>> completionOfSent(
            long id, Class<R> resultType, Duration timeout, boolean marked, @Nullable SendingTransaction transaction);
}
