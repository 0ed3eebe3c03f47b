package io.pgjobq.internal.completion;

import io.pgjobq.JobCompletions;
import io.pgjobq.JobOutcome;
import io.pgjobq.JobProgress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ParameterizedTypeReference;

/** Waits for the ends of jobs, those included that are being sent here. Thread-safe. */
public interface Completions extends JobCompletions {

    /** Returns how long is waited where the caller does not say. */
    Duration defaultTimeout();

    /**
     * As {@link #completion(long, ParameterizedTypeReference, Duration)}, for a job that was sent here.
     *
     * @param resultType of R
     * @param progress is told how far the job is, {@code null} if nobody wants to know
     * @param marked whether it was marked as waited for when it was sent: its end is told of, and looked up only in case that
     *     it was told of too early, or that this is long in coming
     * @param transaction what has to commit before the job can be found, {@code null} if nothing has
     */
    <R> CompletableFuture<JobOutcome<R>> completionOfSent(
            long id,
            ResultType resultType,
            Duration timeout,
            @Nullable Consumer<? super JobProgress> progress,
            boolean marked,
            @Nullable SendingTransaction transaction);
}
