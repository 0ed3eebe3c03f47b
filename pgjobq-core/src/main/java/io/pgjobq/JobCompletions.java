package io.pgjobq;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.springframework.core.ParameterizedTypeReference;

/**
 * Waits for jobs by their ids, in this process or another, before or after they have ended. Thread-safe. However many
 * jobs are waited for, one connection is used.
 */
public interface JobCompletions {

    /**
     * Returns a future of the job's end.
     *
     * <p>It completes exceptionally with {@link UnknownJobException} if nothing is known of the id: it was never
     * committed, or the job's history is gone; with {@link CompletionTimeoutException} when the time is over; and with
     * {@link PayloadConversionException} if the result can't be read as {@code resultType}. A job whose transaction has not
     * committed is not known yet. Dependent stages run as {@link SentJob#completion()} says.
     *
     * @param resultType what the handler returns, {@code Void.class} to ignore it
     * @param timeout how long to wait from now on, positive and at most 365 days
     */
    default <R> CompletableFuture<JobOutcome<R>> completion(long id, Class<R> resultType, Duration timeout) {
        return completion(id, ParameterizedTypeReference.<R>forType(resultType), timeout);
    }

    /** Like {@link #completion(long, Class, Duration)}, with the configured time-out. */
    <R> CompletableFuture<JobOutcome<R>> completion(long id, Class<R> resultType);

    /**
     * Like {@link #completion(long, Class, Duration)}, for a result of a generic type:
     * {@code new ParameterizedTypeReference<List<Order>>() {}}.
     *
     * @throws IllegalArgumentException if a type variable is a part of the type
     */
    <R> CompletableFuture<JobOutcome<R>> completion(
            long id, ParameterizedTypeReference<R> resultType, Duration timeout);

    /** Like {@link #completion(long, Class, Duration)}, and tells how far the job is, as {@link SentJob} says. */
    default <R> CompletableFuture<JobOutcome<R>> completion(
            long id, Class<R> resultType, Duration timeout, Consumer<? super JobProgress> progress) {
        return completion(id, ParameterizedTypeReference.<R>forType(resultType), timeout, progress);
    }

    /**
     * Like {@link #completion(long, ParameterizedTypeReference, Duration)}, and tells how far the job is, as {@link SentJob} says.
     */
    <R> CompletableFuture<JobOutcome<R>> completion(
            long id,
            ParameterizedTypeReference<R> resultType,
            Duration timeout,
            Consumer<? super JobProgress> progress);
}
