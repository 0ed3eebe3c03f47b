package io.pgjobq.internal.worker;

import io.pgjobq.BackOff;
import io.pgjobq.DeadlineExceededException;
import io.pgjobq.Handler;
import io.pgjobq.NonRetryableJobException;
import io.pgjobq.PayloadConversionException;
import io.pgjobq.RetryDecision;
import io.pgjobq.RetryPolicy;
import io.pgjobq.SnoozeException;
import io.pgjobq.internal.store.Settlement.Cancelled;
import io.pgjobq.internal.store.Settlement.Failed;
import io.pgjobq.internal.store.Settlement.Failure;
import io.pgjobq.internal.store.Settlement.Snoozed;
import io.pgjobq.internal.store.Settlement.Unsuccessful;
import io.pgjobq.internal.support.Log;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Says what becomes of a job whose handler threw: the handler's own word, then its policy, then the queue's back-off. Thread-safe. */
final class Verdicts {

    private static final Logger LOG = Log.of(Verdicts.class);

    private final Handlers handlers;
    private final int maxAttempts;
    private final BackOff retry;

    Verdicts(Handlers handlers, int maxAttempts, BackOff retry) {
        this.handlers = handlers;
        this.maxAttempts = maxAttempts;
        this.retry = retry;
    }

    /** @param failure what was thrown, as it is stored */
    Unsuccessful on(JobRun run, Throwable thrown, Failure failure) {
        if (thrown instanceof SnoozeException snooze) {
            return snoozed(run, snooze.delay());
        }
        boolean hopeless = thrown instanceof NonRetryableJobException
                || thrown instanceof PayloadConversionException
                || thrown instanceof DeadlineExceededException;
        RetryDecision decision = hopeless ? RetryDecision.dead() : decide(run, thrown);
        if (decision instanceof RetryDecision.Snooze snooze) {
            return snoozed(run, snooze.delay());
        }
        if (decision instanceof RetryDecision.Cancel) {
            return new Cancelled(run.job(), AttemptEnds.micros(run), failure);
        }
        boolean dead = decision instanceof RetryDecision.Dead || run.attempt() >= maxAttempts;
        return new Failed(run.job(), AttemptEnds.micros(run), failure, dead ? null : wait(run, decision));
    }

    private static Snoozed snoozed(JobRun run, Duration delay) {
        return new Snoozed(run.job(), AttemptEnds.micros(run), delay.toMillis());
    }

    private Long wait(JobRun run, RetryDecision decision) {
        return decision instanceof RetryDecision.RetryAfter after
                ? after.delay().toMillis()
                : retry.delayAfter(run.attempt(), ThreadLocalRandom.current().nextDouble())
                        .toMillis();
    }

    private RetryDecision decide(JobRun run, Throwable thrown) {
        Handler handler = handlers.find(run.job().type());
        RetryPolicy policy = handler == null ? null : handler.retry();
        RetryDecision decision = policy == null ? null : ask(policy, run, thrown);
        return decision == null ? RetryDecision.retry() : decision;
    }

    private @Nullable RetryDecision ask(RetryPolicy policy, JobRun run, Throwable thrown) {
        try {
            return policy.decide(run, thrown, retry);
        } catch (RuntimeException | Error ex) {
            LOG.error("{}: its retry policy has failed, so that the queue's back-off decides", run, ex);
            return null;
        }
    }
}
