package io.pgjobq;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a job ended.
 *
 * @param <R> what its handler returns
 */
public sealed interface JobOutcome<R> {

    /** Returns the job's id. */
    long id();

    /** Returns when the job ended, by the database's clock. */
    Instant finishedAt();

    /** Returns the number of attempts that were made, the successful one included. */
    int attempts();

    /**
     * Returns the result of a job that succeeded.
     *
     * @throws JobNotSucceededException if the job is dead or was cancelled
     */
    default @Nullable R resultOrThrow() {
        if (this instanceof Succeeded<R> succeeded) {
            return succeeded.result();
        }
        throw new JobNotSucceededException(this);
    }

    /**
     * The handler returned.
     *
     * @param startedAt when the successful attempt started
     * @param result what the handler returned, {@code null} if nothing
     */
    record Succeeded<R>(
            long id,
            Instant finishedAt,
            int attempts,
            Instant startedAt,
            @Nullable R result) implements JobOutcome<R> {}

    /**
     * The job's attempts are spent, or its handler refused it; it is kept among the dead jobs.
     *
     * @param error the last attempt's error
     */
    record Dead<R>(long id, Instant finishedAt, int attempts, JobError error) implements JobOutcome<R> {}

    /**
     * The job was cancelled, while it waited or while it ran.
     *
     * @param reason what was given when it was cancelled, such as by whom; {@code null} if nothing was
     */
    record Cancelled<R>(
            long id,
            Instant finishedAt,
            int attempts,
            @Nullable String reason) implements JobOutcome<R> {}
}
