package io.pgjobq;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionOperations;

/**
 * What runs the jobs of one or more logical types.
 *
 * @param description how messages name it, such as {@code Emails.send(WelcomeEmail, JobContext)}
 * @param payloadType what payloads are converted to; {@code byte[].class} takes them raw
 * @param types the logical types it takes; empty for every type that no other handler of the queue names
 * @param transaction runs the call together with the job's completion, {@code null} for none
 * @param timeLimit how long an attempt may run, {@code null} if that is up to the container's options
 * @param retry what becomes of a job that failed, {@code null} if that is always up to the queue's back-off
 * @param invocation the call
 */
public record Handler(
        String description,
        Type payloadType,
        Set<String> types,
        @Nullable TransactionOperations transaction,
        @Nullable Duration timeLimit,
        @Nullable RetryPolicy retry,
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
        this(description, payloadType, types, transaction, null, null, invocation);
    }

    /** Returns whether it takes every type that no other handler of the queue names. */
    public boolean takesRest() {
        return types.isEmpty();
    }

    /** The call of a handler. */
    @FunctionalInterface
    public interface Invocation {

        /**
         * Runs one job.
         *
         * @param payload the converted payload, {@code null} if it is a JSON null
         * @return the job's result
         * @throws Throwable whatever the handler throws: the attempt has failed
         */
        @Nullable
        Object invoke(@Nullable Object payload, JobContext context) throws Throwable;
    }
}
