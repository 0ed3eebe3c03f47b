package io.pgjobq.internal.worker;

import io.pgjobq.BackOff;
import io.pgjobq.Handler;
import io.pgjobq.NonRetryableJobException;
import io.pgjobq.PayloadConversionException;
import io.pgjobq.RetryDecision;
import io.pgjobq.RetryPolicy;
import io.pgjobq.internal.database.Database;
import io.pgjobq.internal.event.JobEvents;
import io.pgjobq.internal.settle.Failures;
import io.pgjobq.internal.store.Settlement.AlreadySettled;
import io.pgjobq.internal.store.Settlement.Failed;
import io.pgjobq.internal.store.Settlement.Failure;
import io.pgjobq.internal.store.Settlement.Released;
import io.pgjobq.internal.store.Settlement.Succeeded;
import io.pgjobq.internal.store.TransactionalEnd;
import io.pgjobq.internal.support.Log;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Settles attempts by what they came to, and says so. Thread-safe. */
final class AttemptEnds {

    private static final Logger LOG = Log.of(AttemptEnds.class);

    private final Handlers handlers;
    private final int maxAttempts;
    private final BackOff retry;
    private final HandlerCommitListener completions;
    private final JobEvents events;
    private final Upkeep upkeep;
    private final BeginBackOff backOff;

    AttemptEnds(
            Handlers handlers,
            int maxAttempts,
            BackOff retry,
            HandlerCommitListener completions,
            JobEvents events,
            Upkeep upkeep,
            BeginBackOff backOff) {
        this.handlers = handlers;
        this.maxAttempts = maxAttempts;
        this.retry = retry;
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
            Failure failure = new Failure(thrown.getClass().getName(), "", "");
            Long delay = delay(run, thrown);
            if (run.settle(new Failed(run.job(), micros(run), failure, delay))) {
                tellFailed(run, thrown, delay);
            }
            LOG.error("{}: attempt {} failed with what can't be told: {}", run, run.attempt(), failure.type());
        }
    }

    void succeeded(JobRun run, Succeeded succeeded) {
        gotThrough(run);
        if (run.settle(succeeded)) {
            events.succeeded(run, succeeded.micros());
        } else {
            LOG.warn("{}: attempt {} succeeded after the job had been given back; it runs again", run, run.attempt());
        }
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
            LOG.warn("{}: attempt {} was rolled back, since the job was taken away from this node", run, run.attempt());
            if (run.settle(new AlreadySettled(run.job()))) {
                events.givenBack(run);
            }
            return;
        }
        String excuse = excuse(run, thrown);
        if (excuse != null) {
            if (run.settle(new Released(run.job()))) {
                LOG.warn("{}: attempt {} is given back, since {}", run, run.attempt(), excuse);
                events.givenBack(run);
            }
            return;
        }
        charge(run, thrown);
    }

    /** Said by the back-off, once for all of them, as long as it is not charged. */
    private void notBegun(JobRun run, NotBegunException unbegun) {
        if (backOff.failed(unbegun.handler(), unbegun) && !run.wasInterruptedByStop()) {
            charge(run, unbegun.reason());
        } else {
            run.settle(new Released(run.job()));
        }
    }

    private void charge(JobRun run, Throwable thrown) {
        Long delay = delay(run, thrown);
        Failure failure = Failures.of(thrown);
        if (!run.settle(new Failed(run.job(), micros(run), failure, delay))) {
            LOG.warn("{}: attempt {} failed after the job had been given back", run, run.attempt(), thrown);
            return;
        }
        tellFailed(run, thrown, delay);
        if (delay == null) {
            logDeath(run, thrown, failure);
        } else {
            LOG.info(
                    "{}: attempt {} of {} failed, next in {} ms: {}",
                    run,
                    run.attempt(),
                    run.maxAttempts(),
                    delay,
                    Failures.summary(failure));
        }
    }

    private void tellFailed(JobRun run, Throwable thrown, @Nullable Long delay) {
        if (delay == null) {
            events.died(run, thrown);
        } else {
            events.retried(run, thrown, Duration.ofMillis(delay));
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

    /** Returns how long the job waits, {@code null} if it is dead. */
    private @Nullable Long delay(JobRun run, Throwable thrown) {
        boolean hopeless = thrown instanceof NonRetryableJobException || thrown instanceof PayloadConversionException;
        if (hopeless || run.attempt() >= maxAttempts) {
            return null;
        }
        RetryDecision decision = decide(run, thrown);
        if (decision instanceof RetryDecision.Dead) {
            return null;
        }
        return decision instanceof RetryDecision.RetryAfter after
                ? Long.valueOf(after.delay().toMillis())
                : Long.valueOf(backOffAfter(run).toMillis());
    }

    private Duration backOffAfter(JobRun run) {
        return retry.delayAfter(run.attempt(), ThreadLocalRandom.current().nextDouble());
    }

    private @Nullable RetryDecision decide(JobRun run, Throwable thrown) {
        Handler handler = handlers.find(run.job().type());
        RetryPolicy policy = handler == null ? null : handler.retry();
        if (policy == null) {
            return null;
        }
        try {
            return policy.decide(run, thrown, retry);
        } catch (RuntimeException | Error ex) {
            LOG.error("{}: its retry policy has failed, so that the queue's back-off decides", run, ex);
            return null;
        }
    }

    static long micros(JobRun run) {
        return TimeUnit.NANOSECONDS.toMicros(run.ranNanos());
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
