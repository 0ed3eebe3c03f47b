package io.pgjobq;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionOperations;

/**
 * What runs the jobs of one or more logical types.
 *
 * @param description how messages name it, such as {@code Emails.send(WelcomeEmail, JobContext)}
 * @param payloadType what payloads are converted to; {@code byte[].class} takes them raw
 * @param types the logical types it takes, each with the latest version that it knows, such as {@code order@2} (see
 *     {@link JobType#version}); empty for every type that no other handler of the queue names
 * @param transaction runs the call together with the job's completion, {@code null} for none
 * @param timeLimit how long an attempt may run, {@code null} if that is up to the container's options
 * @param retry what becomes of a job that failed, {@code null} if that is always up to the queue's back-off
 * @param batching how many jobs it is called with at once, {@code null} for one
 * @param invocation the call
 */
public record Handler(
        String description,
        Type payloadType,
        Set<String> types,
        @Nullable TransactionOperations transaction,
        @Nullable Duration timeLimit,
        @Nullable RetryPolicy retry,
        @Nullable Batching batching,
        Invocation invocation) {

    public Handler {
        types = Set.copyOf(types);
    }

    /** One of which the container's options say all else. */
    public Handler(
            String description,
            Type payloadType,
            Set<String> types,
            @Nullable TransactionOperations transaction,
            Invocation invocation) {
        this(description, payloadType, types, transaction, null, null, null, invocation);
    }

    /** Returns one that is called with many jobs at once, and of which the container's options say all else. */
    public static <T> Handler ofBatches(
            String description,
            Class<T> payloadType,
            Set<String> types,
            @Nullable TransactionOperations transaction,
            Batching batching,
            BatchInvocation<T> invocation) {
        return new Handler(description, payloadType, types, transaction, null, null, batching, batched(invocation));
    }

    @SuppressWarnings("unchecked")
    private static <T> Invocation batched(BatchInvocation<T> invocation) {
        return (jobs, first) -> {
            invocation.invoke((List<BatchJob<T>>) Objects.requireNonNull(jobs));
            return null;
        };
    }

    /** Returns whether it takes every type that no other handler of the queue names. */
    public boolean takesRest() {
        return types.isEmpty();
    }

    /**
     * How a handler's jobs are put together.
     *
     * @param size with how many jobs it is called at most, from 1 to 10,000
     * @param maxWait how long the first of fewer waits for others, from 0 to 1 minute
     */
    public record Batching(int size, Duration maxWait) {

        /**
         * Makes it.
         *
         * @throws InvalidOptionException if one of both is not in its range
         */
        public Batching {
            InvalidOptionException.range("batch-size", size, 1, 10_000);
            InvalidOptionException.check(
                    !maxWait.isNegative() && maxWait.compareTo(Duration.ofMinutes(1)) <= 0,
                    "batch-wait",
                    maxWait,
                    "must be from 0 to 1 minute");
        }
    }

    /** The call of a handler. */
    @FunctionalInterface
    public interface Invocation {

        /**
         * Runs one job, or a batch.
         *
         * @param payload the converted payload, {@code null} if it is a JSON null; for a batch, the list of its {@link BatchJob}s
         * @param context what may be asked about the job; for a batch, about its first
         * @return the job's result; {@code null} for a batch
         * @throws Throwable whatever the handler throws: the attempt has failed, or those at all jobs of the batch that were not
         *     failed apart
         */
        @Nullable
        Object invoke(@Nullable Object payload, JobContext context) throws Throwable;
    }

    /**
     * The call of a handler with many jobs at once.
     *
     * @param <T> the type of the payloads
     */
    @FunctionalInterface
    public interface BatchInvocation<T> {

        /**
         * Runs jobs, within a priority in the order in which they were sent.
         *
         * @throws Throwable whatever the handler throws: the attempts at all jobs have failed that were not failed apart
         */
        void invoke(List<BatchJob<T>> jobs) throws Throwable;
    }
}
