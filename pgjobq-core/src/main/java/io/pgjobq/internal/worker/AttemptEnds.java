package io.pgjobq.internal.worker;

import io.pgjobq.DeadlineExceededException;
import io.pgjobq.Handler;
import io.pgjobq.NonRetryableJobException;
import io.pgjobq.PayloadConversionException;
import io.pgjobq.PgJobqException;
import io.pgjobq.TimeLimitExceededException;
import io.pgjobq.internal.database.Database;
import io.pgjobq.internal.event.JobEvents;
import io.pgjobq.internal.settle.Failures;
import io.pgjobq.internal.store.Settlement;
import io.pgjobq.internal.store.Settlement.AlreadySettled;
import io.pgjobq.internal.store.Settlement.Cancelled;
import io.pgjobq.internal.store.Settlement.Failed;
import io.pgjobq.internal.store.Settlement.Failure;
import io.pgjobq.internal.store.Settlement.Released;
import io.pgjobq.internal.store.Settlement.Snoozed;
import io.pgjobq.internal.store.Settlement.Succeeded;
import io.pgjobq.internal.store.Settlement.Unsuccessful;
import io.pgjobq.internal.store.TransactionalEnd;
import io.pgjobq.internal.support.Log;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Settles attempts by what they came to, and says so. Thread-safe. */
final class AttemptEnds {

    private static final Logger LOG = Log.of(AttemptEnds.class);

    private final Handlers handlers;
    private final Verdicts verdicts;
    private final HandlerCommitListener completions;
    private final JobEvents events;
    private final Upkeep upkeep;
    private final BeginBackOff backOff;

    AttemptEnds(
            Handlers handlers,
            Verdicts verdicts,
            HandlerCommitListener completions,
            JobEvents events,
            Upkeep upkeep,
            BeginBackOff backOff) {
        this.handlers = handlers;
        this.verdicts = verdicts;
        this.completions = completions;
        this.events = events;
        this.upkeep = upkeep;
        this.backOff = backOff;
    }

    /** The handler's transaction has completed the job. */
    void completed(JobRun run, Succeeded succeeded, TransactionalEnd completion) {
        gotThrough(run);
        if (run.settle(new AlreadySettled(run.job()))) {
            events.succeeded(run, succeeded.micros());
            completions.completed(succeeded, completion);
        }
    }

    /** The attempt failed. Nothing that happens here escapes. */
    void ended(JobRun run, Throwable thrown) {
        try {
            failed(run, thrown);
        } catch (Throwable ex) {
            // What it threw can't be looked at, or logged, or there is no memory left to do so.
            Unsuccessful verdict =
                    verdicts.on(run, thrown, new Failure(thrown.getClass().getName(), "", ""));
            if (run.settle(verdict)) {
                tell(run, thrown, verdict);
            }
            LOG.error(
                    "{}: attempt {} failed with what can't be told: {}",
                    run,
                    run.attempt(),
                    thrown.getClass().getName());
        }
    }

    void succeeded(JobRun run, Succeeded succeeded) {
        if (run.isTooLate()) {
            failed(run, new TooLateException());
            return;
        }
        gotThrough(run);
        if (run.settle(succeeded)) {
            events.succeeded(run, succeeded.micros());
        } else if (!run.isQuiet()) {
            LOG.warn("{}: attempt {} succeeded after its end had been recorded; that is refused", run, run.attempt());
        }
    }

    /** The attempt does not count; returns whether its end was not recorded before. */
    boolean givenBack(JobRun run) {
        boolean now = run.settle(new Released(run.job()));
        if (now) {
            events.givenBack(run);
        }
        return now;
    }

    /** The attempt goes on although its time is over. Nothing that happens here escapes. */
    void overran(JobRun run) {
        ended(run, new TooLateException());
    }

    private void gotThrough(JobRun run) {
        Handler handler = backOff.isTroubled() ? handlers.find(run.job().type()) : null;
        if (handler != null) {
            backOff.recorded(handler);
        }
    }

    void failed(JobRun run, Throwable thrown) {
        if (thrown instanceof NotBegunException unbegun) {
            notBegun(run, unbegun);
            return;
        }
        if (thrown instanceof JobLostException) {
            if (!run.isQuiet()) {
                LOG.warn(
                        "{}: attempt {} was rolled back, since the job was taken away from this node",
                        run,
                        run.attempt());
            }
            if (run.settle(new AlreadySettled(run.job()))) {
                events.givenBack(run);
            }
            return;
        }
        if (thrown instanceof KeptException) {
            // It waited for a while, and takes its turn again. Its row is not touched: nobody is held up by that
            // transaction.
            putBack(run);
            return;
        }
        Interruption.ByCancellation cancellation = run.cancellation();
        if (cancellation != null) {
            cancelled(run, cancellation);
            return;
        }
        if (thrown instanceof ExpiredException) {
            expired(run, thrown);
            return;
        }
        if (run.isTooLate()) {
            charge(run, tooLate(run.interruption(), thrown instanceof TooLateException ? null : thrown));
            return;
        }
        String excuse = excuse(run, thrown);
        if (excuse != null) {
            if (givenBack(run) && !run.isQuiet()) {
                LOG.warn("{}: attempt {} is given back, since {}", run, run.attempt(), excuse);
            }
            return;
        }
        charge(run, thrown);
    }

    private static PgJobqException tooLate(@Nullable Interruption why, @Nullable Throwable cause) {
        return why instanceof Interruption.ByTimeLimit overrun
                ? new TimeLimitExceededException(overrun.limit(), cause)
                : new DeadlineExceededException(cause);
    }

    /** It was found dead when it was to start. */
    private void expired(JobRun run, Throwable thrown) {
        if (run.settle(new AlreadySettled(run.job()))) {
            LOG.info("{}: dead, as its deadline was over before attempt {} started", run, run.attempt());
            events.died(run, micros(run), thrown);
        }
    }

    /** Whatever the handler came to. */
    void cancelled(JobRun run, Interruption.ByCancellation cancellation) {
        String reason = cancellation.reason() == null ? "" : cancellation.reason();
        if (run.settle(new Cancelled(run.job(), micros(run), new Failure(Settlement.CANCELLED, reason, "")))) {
            LOG.info("{}: cancelled during attempt {}{}", run, run.attempt(), reason.isEmpty() ? "" : ": " + reason);
            events.cancelled(run, micros(run));
        }
    }

    /** Said by the back-off, once for all of them, as long as it is not charged. */
    private void notBegun(JobRun run, NotBegunException unbegun) {
        if (backOff.failed(unbegun.handler(), unbegun) && !run.wasInterruptedByStop()) {
            charge(run, unbegun.reason());
        } else {
            putBack(run);
        }
    }

    /** It has not started. */
    private void putBack(JobRun run) {
        if (run.settle(new Released(run.job()))) {
            events.returned(run.queue(), 1);
        }
    }

    private void charge(JobRun run, Throwable thrown) {
        Failure failure = Failures.of(thrown);
        Unsuccessful verdict = verdicts.on(run, thrown, failure);
        if (!run.settle(verdict)) {
            logLate(run, thrown);
            return;
        }
        tell(run, thrown, verdict);
        if (!run.isQuiet()) {
            log(run, thrown, failure, verdict);
        }
    }

    private static void logLate(JobRun run, Throwable thrown) {
        if (!run.isQuiet()) {
            LOG.warn("{}: attempt {} failed after its end had been recorded", run, run.attempt(), thrown);
        }
    }

    private void tell(JobRun run, Throwable thrown, Unsuccessful verdict) {
        if (verdict instanceof Snoozed snoozed) {
            events.snoozed(run, micros(run), Duration.ofMillis(snoozed.delayInMillis()));
        } else if (verdict instanceof Cancelled) {
            events.cancelled(run, micros(run));
        } else if (verdict instanceof Failed failed && failed.retryInMillis() != null) {
            events.retried(run, micros(run), thrown, Duration.ofMillis(failed.retryInMillis()));
        } else {
            events.died(run, micros(run), thrown);
        }
    }

    private static void log(JobRun run, Throwable thrown, Failure failure, Unsuccessful verdict) {
        String summary = Failures.summary(failure);
        if (verdict instanceof Snoozed snoozed) {
            LOG.debug("{}: attempt {} again in {} ms: {}", run, run.attempt(), snoozed.delayInMillis(), summary);
        } else if (verdict instanceof Cancelled) {
            LOG.info("{}: cancelled after attempt {} by its retry policy: {}", run, run.attempt(), summary);
        } else if (verdict.waitsInMillis() != null) {
            LOG.info(
                    "{}: attempt {} of {} failed, next in {} ms: {}",
                    run,
                    run.attempt(),
                    run.maxAttempts(),
                    verdict.waitsInMillis(),
                    summary);
        } else {
            logDeath(run, thrown, failure);
        }
    }

    /** Returns why a failure is not the job's fault, {@code null} if it is. */
    private @Nullable String excuse(JobRun run, Throwable thrown) {
        if (Database.lacksPartition(thrown)) {
            upkeep.partitionMissing();
            Handler handler = handlers.find(run.job().type());
            if (handler != null) {
                // It would be run again and again until the partition is there.
                backOff.unrecorded(handler);
            }
            return "there is no partition yet for its history";
        }
        return run.wasInterruptedByStop() ? "the shutdown interrupted it" : null;
    }

    /**
     * A refusal is the handler's own word, and why a payload can't be read may repeat it; any other death is a surprise, of
     * which the stack trace tells more.
     */
    private static void logDeath(JobRun run, Throwable thrown, Failure failure) {
        if (thrown instanceof PayloadConversionException) {
            LOG.warn("{}: dead after attempt {}: {}", run, run.attempt(), Failures.summary(failure));
        } else if (thrown instanceof NonRetryableJobException) {
            LOG.warn("{}: dead after attempt {}, refused by its handler: {}", run, run.attempt(), failure.message());
        } else {
            LOG.warn(
                    "{}: dead after attempt {} of {}: {}",
                    run,
                    run.attempt(),
                    run.maxAttempts(),
                    Failures.summary(failure),
                    thrown);
        }
    }

    static long micros(JobRun run) {
        return TimeUnit.NANOSECONDS.toMicros(run.ranNanos());
    }

    /** The handler has returned, or goes on, although it was to end. */
    @SuppressWarnings("serial")
    static final class TooLateException extends RuntimeException {}

    /** Somebody relies on the job's not having started, in a transaction that is still open. */
    @SuppressWarnings("serial")
    static final class KeptException extends RuntimeException {}

    /** The job's deadline was over before it could start, and it is dead. */
    @SuppressWarnings("serial")
    static final class ExpiredException extends RuntimeException {

        ExpiredException() {
            super("its deadline was over before it succeeded");
        }
    }

    /** The job was taken away from the node before it could be completed. */
    @SuppressWarnings("serial")
    static final class JobLostException extends RuntimeException {

        JobLostException(String job) {
            super(job + " was taken away from this node");
        }
    }

    /** The handler was not called: that is not the job's fault, and for a while charges no attempt. */
    @SuppressWarnings("serial")
    static final class NotBegunException extends RuntimeException {

        private final Handler handler;
        private final RuntimeException reason;

        NotBegunException(Handler handler, String what, RuntimeException reason) {
            super(what + ": " + reason, reason);
            this.handler = handler;
            this.reason = reason;
        }

        Handler handler() {
            return handler;
        }

        RuntimeException reason() {
            return reason;
        }
    }
}
