package io.pgjobq.sample.signup;

import io.pgjobq.JobCompletions;
import io.pgjobq.JobOutcome;
import io.pgjobq.UnknownJobException;
import io.pgjobq.sample.live.StateChanged;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/** Waits for the jobs of sign-ups to end, and records how they did. */
@Component
class SignUpEnds {

    private static final Logger LOG = LoggerFactory.getLogger(SignUpEnds.class);

    private final SignUpRepository signUps;
    private final JobCompletions completions;
    private final ApplicationEventPublisher events;
    private final Executor executor;
    private final Set<Long> followed = ConcurrentHashMap.newKeySet();

    SignUpEnds(
            SignUpRepository signUps,
            JobCompletions completions,
            ApplicationEventPublisher events,
            @Qualifier("applicationTaskExecutor") Executor executor) {
        this.signUps = signUps;
        this.completions = completions;
        this.events = events;
        this.executor = executor;
    }

    /** Follows a job that was sent elsewhere, or before a restart: its id is enough. */
    void follow(long signUpId, long jobId) {
        if (!followed.contains(signUpId)) {
            follow(signUpId, completions.completion(jobId, Receipt.class));
        }
    }

    /** Follows a job that was sent here. Several copies may follow the same one; recording its end twice does no harm. */
    void follow(long signUpId, CompletableFuture<JobOutcome<Receipt>> completion) {
        followed.add(signUpId);
        // An executor of ours, since the thread that completes the future must not wait for the database.
        completion
                .thenAcceptAsync(outcome -> record(signUpId, outcome), executor)
                .exceptionally(failure -> giveUp(signUpId, failure));
    }

    private void record(long signUpId, JobOutcome<Receipt> outcome) {
        if (outcome instanceof JobOutcome.Succeeded<Receipt> succeeded && succeeded.result() != null) {
            signUps.succeeded(
                    signUpId, succeeded.finishedAt(), succeeded.result().file());
        } else if (outcome instanceof JobOutcome.Dead<Receipt> dead) {
            signUps.failed(signUpId, dead.finishedAt(), dead.error().message());
        } else {
            signUps.failed(signUpId, outcome.finishedAt(), "cancelled");
        }
        followed.remove(signUpId);
        events.publishEvent(new StateChanged());
    }

    private Void giveUp(long signUpId, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        LOG.info("The end of sign-up {} stays open: {}", signUpId, cause.getMessage());
        if (!(cause instanceof UnknownJobException)) {
            followed.remove(signUpId); // it is worth asking again
        }
        return null;
    }
}
