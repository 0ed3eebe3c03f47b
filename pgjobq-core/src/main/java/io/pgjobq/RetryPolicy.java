package io.pgjobq;

import org.jspecify.annotations.Nullable;

/**
 * Decides what becomes of a job whose attempt has failed. With Boot, beans of this type are asked for each handler, in their
 * order, after what its {@code @JobRetry} annotations say; the first that has an opinion decides. Otherwise the job is tried
 * again after the queue's back-off.
 *
 * <p>Nobody is asked about a {@link NonRetryableJobException}, a {@link SnoozeException} or a payload that can't be read. After the
 * last attempt that the queue allows, a job that is to be tried again is dead. If a policy throws, the queue's back-off decides,
 * and an error is logged.
 *
 * <p>Called by the threads that run handlers, after the handler's transaction has been rolled back. Thread-safe.
 */
@FunctionalInterface
public interface RetryPolicy {

    /**
     * Returns what becomes of the job, {@code null} for no opinion.
     *
     * @param job the job, with the number of the attempt that failed
     * @param failure what the handler threw
     * @param backOff that of the job's queue
     */
    @Nullable
    RetryDecision decide(JobContext job, Throwable failure, BackOff backOff);
}
