package io.pgjobq.internal.completion;

import io.pgjobq.CompletionTimeoutException;
import io.pgjobq.JobError;
import io.pgjobq.JobOutcome;
import io.pgjobq.JobProgress;
import io.pgjobq.PayloadConverter;
import io.pgjobq.UnknownJobException;
import io.pgjobq.internal.store.Settlement;
import io.pgjobq.internal.store.StoredOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.PermissionDeniedDataAccessException;

/** One caller who waits for one job. Thread-safe. */
final class Waiter<R> {

    private final long id;
    private final ResultType resultType;
    private final CompletableFuture<JobOutcome<R>> future;
    private final @Nullable ProgressEvents events;

    /**
     * @param resultType that of R
     * @param future not completed yet
     * @param events where is told how far the job is, {@code null} if nobody wants to know
     */
    Waiter(long id, ResultType resultType, CompletableFuture<JobOutcome<R>> future, @Nullable ProgressEvents events) {
        this.id = id;
        this.resultType = resultType;
        this.future = future;
        this.events = events;
    }

    long id() {
        return id;
    }

    CompletableFuture<JobOutcome<R>> future() {
        return future;
    }

    boolean wantsProgress() {
        return events != null;
    }

    /** The job is so far. */
    void progressed(JobProgress progress) {
        if (events != null) {
            events.progressed(progress);
        }
    }

    /** The future is complete: nothing more is told. */
    void close() {
        if (events != null) {
            events.close();
        }
    }

    /** An end comes after the event that is being told; a time-out does not wait for that. */
    private void end(Runnable completion) {
        if (events == null) {
            completion.run();
        } else {
            events.end(completion);
        }
    }

    void timedOut(Duration timeout) {
        future.completeExceptionally(new CompletionTimeoutException("job " + id + ": has not ended within " + timeout));
    }

    void unknown() {
        end(() -> future.completeExceptionally(new UnknownJobException(
                id, "nothing is known of it: it was never committed, or what was kept of it is gone")));
    }

    void rolledBack() {
        future.completeExceptionally(
                new UnknownJobException(id, "it does not exist, since the transaction that sent it was rolled back"));
    }

    void denied(PermissionDeniedDataAccessException cause) {
        future.completeExceptionally(new PermissionDeniedDataAccessException(
                "job " + id + ": its end can't be waited for, since the database's role may send but not see how jobs"
                        + " end; grant it the waiter's role of docs/roles.sql",
                cause));
    }

    void progressDenied(PermissionDeniedDataAccessException cause) {
        future.completeExceptionally(new PermissionDeniedDataAccessException(
                "job " + id + ": its progress can't be seen by the database's role, which may see its end; apply"
                        + " docs/roles.sql of this release, which lets waiters see both",
                cause));
    }

    void failed(Throwable cause) {
        future.completeExceptionally(cause);
    }

    void ended(StoredOutcome outcome, PayloadConverter converter) {
        end(() -> complete(outcome, converter));
    }

    private void complete(StoredOutcome outcome, PayloadConverter converter) {
        try {
            future.complete(read(outcome, converter));
        } catch (Throwable ex) {
            // The caller's types may fail to load, or nest too deeply: the caller must learn of it, too.
            future.completeExceptionally(ex);
        }
    }

    private JobOutcome<R> read(StoredOutcome outcome, PayloadConverter converter) {
        Instant finishedAt = Objects.requireNonNullElse(outcome.finishedAt(), Instant.EPOCH);
        return switch (String.valueOf(outcome.state())) {
            case "succeeded" ->
                new JobOutcome.Succeeded<>(
                        id,
                        finishedAt,
                        outcome.attempts(),
                        Objects.requireNonNullElse(outcome.startedAt(), finishedAt),
                        result(outcome.result(), converter));
            case "dead" -> new JobOutcome.Dead<>(id, finishedAt, outcome.attempts(), error(outcome, finishedAt));
            default -> new JobOutcome.Cancelled<>(id, finishedAt, outcome.attempts(), reason(outcome.error()));
        };
    }

    /** Whoever cancelled it may have said nothing, and its last error is that of an attempt. */
    private static @Nullable String reason(@Nullable JobError error) {
        if (error == null
                || !error.type().equals(Settlement.CANCELLED)
                || error.message().isEmpty()) {
            return null;
        }
        return error.message();
    }

    private static JobError error(StoredOutcome outcome, Instant finishedAt) {
        JobError error = outcome.error();
        return error != null ? error : new JobError(outcome.attempts(), finishedAt, "", "", "");
    }

    /** The type is that of R, as the API's methods that make a waiter see to. */
    @SuppressWarnings("unchecked")
    private @Nullable R result(byte @Nullable [] bytes, PayloadConverter converter) {
        return (R) resultType.read(id, bytes, converter);
    }
}
