package io.pgjobq;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.springframework.core.ParameterizedTypeReference;

/**
 * Sends jobs to queues.
 *
 * <p>A job that is sent inside a Spring transaction on the queue's {@code DataSource} exists only if that transaction
 * commits, whatever made it (JDBC, JPA, jOOQ). Without a transaction the job is committed before the method returns, and may
 * have started in this process by then. So it is when the transaction is over but Spring still tells of its end: in
 * {@code TransactionSynchronization.afterCommit} and {@code afterCompletion}, and in a {@code @TransactionalEventListener} of
 * these phases. The transaction manager must be a Spring bean for it or, without Spring Boot, be given to the builder.
 *
 * <p>Every sending method throws {@link UnknownQueueException} for a queue that does not exist,
 * {@link PayloadConversionException} for a payload that can't be written or takes more than 64 MiB, and
 * {@link ReadOnlyTransactionException} in a read-only transaction; nothing has been stored then. Senders are thread-safe.
 */
public interface JobSender {

    /** The priority of a job for which none was chosen. */
    int DEFAULT_PRIORITY = 5;

    /** Sends one job, to start as soon as possible. */
    default SentJob<Void> send(String queue, Object payload) {
        return to(queue).send(payload);
    }

    /**
     * Sends many jobs in one statement, all or none. They start in the order of the collection.
     *
     * @return the sent jobs, in the order of the payloads
     */
    default List<SentJob<Void>> sendAll(String queue, Collection<?> payloads) {
        return to(queue).sendAll(payloads);
    }

    /** Starts a specification of jobs for the named queue. */
    Spec to(String queue);

    /** How jobs are to be sent. Immutable: each method returns a new specification, which can be kept and reused. */
    interface Spec {

        /**
         * Lets the job wait, counted from the moment of sending, by the database's clock. Replaces an earlier
         * {@link #at(Instant)}. Zero or negative means at once.
         */
        Spec delay(Duration delay);

        /**
         * Lets the job wait until the given instant, by the database's clock. Replaces an earlier {@link #delay}. An instant
         * that the caller takes from a clock of its own is as wrong as that clock; {@link #delay} is not.
         */
        Spec at(Instant instant);

        /** Sets the priority, from 0 (started first) to 9 (started last). Default: {@value #DEFAULT_PRIORITY}. */
        Spec priority(int priority);

        /** Adds an attribute, which the handler can read from its {@link JobContext}; at most 64 KiB in all. */
        Spec attribute(String name, String value);

        /** Adds attributes, which the handler can read from its {@link JobContext}; at most 64 KiB in all. */
        Spec attributes(Map<String, String> attributes);

        /**
         * Sets the logical type by which the receiving side finds its handler, with {@code @2} at its end for version 2. Default: see
         * {@link JobType}; for a {@code byte[]} payload none, so that any raw handler of the queue takes it. A {@code Map}, a
         * {@code List} and an object of an anonymous class have no type of their own: without this, sending them fails with an
         * {@link IllegalArgumentException}.
         */
        Spec type(String type);

        /**
         * Sets in what time from the sending the job must have succeeded, by the database's clock. Then it is dead, with an error of
         * the type {@code expired}: no attempt starts any more, and one that runs is interrupted and fails with a
         * {@link DeadlineExceededException}. A job that waits or is in line then is dead within a minute; a job that is redriven has
         * no deadline. Replaces an earlier {@link #expiresAt}.
         *
         * @param time from 1 millisecond to 100 years
         */
        Spec expiresAfter(Duration time);

        /** Sets when the job must have succeeded; see {@link #expiresAfter}, which it replaces. */
        Spec expiresAt(Instant instant);

        /**
         * Lets one job be stored only if no other one of the queue has its key. For many, see {@link #uniqueBy}.
         *
         * <p>Exact among any number of senders. One that finds a key taken by a transaction that is still open waits for its end.
         * Where a key is taken until the job starts, or the job that is there is replaced, that job can't start before the sender's
         * transaction has ended.
         */
        Spec unique(Unique unique);

        /**
         * Lets each of many jobs be stored only if no other one of the queue has its key, and no other one of the same call.
         *
         * @param unique makes the key of a payload
         */
        Spec uniqueBy(Function<Object, Unique> unique);

        /**
         * Gives the job a key: the queue's jobs with the same key take turns, on whatever nodes they run, as its {@code order-per-key} and
         * {@code limits.concurrency-per-key} say. For many, see {@link #keyBy}.
         *
         * <p>A job that is sent with a delay takes its turn once it is due, before those that were sent after it. Sending fails with an
         * {@link UnkeyedQueueException} if the queue has never had either of those settings.
         *
         * @param key from 1 to 500 characters
         */
        Spec key(String key);

        /**
         * Gives each of many jobs a key; see {@link #key}.
         *
         * @param key makes the key of a payload
         */
        Spec keyBy(Function<Object, String> key);

        /** Sends one job. */
        SentJob<Void> send(Object payload);

        /** Sends one job whose handler returns a result that somebody means to wait for. */
        <R> SentJob<R> send(Object payload, Class<R> resultType);

        /**
         * Sends one job whose handler returns a result of a generic type that somebody means to wait for:
         * {@code new ParameterizedTypeReference<List<Order>>() {}}.
         */
        <R> SentJob<R> send(Object payload, ParameterizedTypeReference<R> resultType);

        /** Sends many jobs in one statement, all or none. They start in the order of the collection. */
        List<SentJob<Void>> sendAll(Collection<?> payloads);
    }
}
