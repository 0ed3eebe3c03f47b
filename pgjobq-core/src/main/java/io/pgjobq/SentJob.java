package io.pgjobq;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A job that was sent. If it was sent inside a transaction, it does not exist before that transaction commits.
 *
 * @param <R> what its handler returns, {@code Void} if the sender did not say
 */
public interface SentJob<R> {

    /** Returns the job's id, or that of the one that has its key, by which {@link JobCompletions} finds it from anywhere. */
    long id();

    /** Returns what became of it; always {@link Fate#NEW} for a job without a {@link Unique} key. */
    default Fate fate() {
        return Fate.NEW;
    }

    /** What became of a job that was sent. */
    enum Fate {

        /** It was stored. */
        NEW,

        /** It was not stored: the job of this id has its key, and stays as it was. */
        KEPT,

        /** It was not stored: the job of this id has its key, and has got its payload. */
        REPLACED
    }

    /** Returns the name of the queue that the job was sent to. */
    String queue();

    /**
     * Returns a future of the job's end, with the configured time-out ({@code pgjobq.completion.timeout}, 1 hour by
     * default). May be called at any time and more than once.
     *
     * <p>It completes exceptionally with {@link CompletionTimeoutException} when the time is over, which counts from this
     * call, and with {@link UnknownJobException} if the sending transaction rolled back. Cancelling the future stops the
     * waiting, not the job.
     *
     * <p><b>Inside the sending transaction</b> the job does not exist yet, so waiting for it there would never end. On the
     * thread of that transaction {@code get} and {@code join} fail with {@link IllegalStateException} as long as it is open.
     * So they do in a {@code REQUIRES_NEW} transaction inside of it, and of stages that depend on the future; but those of
     * {@code CompletableFuture.allOf} and {@code anyOf} wait until the time is over. A job sent in a {@code REQUIRES_NEW}
     * transaction can be waited for as soon as that has committed. Other threads may wait at any time.
     *
     * <p><b>Dependent stages</b> run on a thread of pgjobq, on the calling one if the future is complete already, or on the
     * executor that they are given. They may block, as each that does keeps a thread of its own. These threads have the
     * application's context class loader and nothing of the caller's: no transaction, security context or logging context.
     */
    CompletableFuture<JobOutcome<R>> completion();

    /**
     * Like {@link #completion()}, with a time-out of its own.
     *
     * @param timeout how long to wait from now on, positive and at most 365 days
     */
    CompletableFuture<JobOutcome<R>> completion(Duration timeout);

    /**
     * Like {@link #completion(Duration)}, and tells how far the job is as long as it has not ended and the future is not complete.
     *
     * <p>The listener is called with the latest that the handler has {@linkplain JobContext#progress reported}, in whatever process
     * it runs: first with what is known already, if anything is, then at most about once a second. It runs on a thread of pgjobq, one
     * call after the other, in the order in which the reports were written; what is overtaken meanwhile is left out. It may block:
     * then it misses reports and delays this future, though not beyond the time-out, and nobody else. The future completes after its
     * last call has returned, and none follows. What it throws is logged.
     *
     * @param timeout how long to wait from now on, positive and at most 365 days
     */
    CompletableFuture<JobOutcome<R>> completion(Duration timeout, Consumer<? super JobProgress> progress);
}
