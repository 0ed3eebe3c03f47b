package io.pgjobq.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgjobq.BackOff;
import io.pgjobq.Handler;
import io.pgjobq.NonRetryableJobException;
import io.pgjobq.RetryDecision;
import io.pgjobq.RetryPolicy;
import io.pgjobq.SnoozeException;
import io.pgjobq.internal.store.ClaimedJob;
import io.pgjobq.internal.store.Settlement.Cancelled;
import io.pgjobq.internal.store.Settlement.Snoozed;
import io.pgjobq.test.LogLines;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a handler's retry policy has a say in, and what not. */
class RetryDecisionTests extends RunnerFixture {

    private final List<String> asked = new ArrayList<>();

    @Test
    void aPolicySaysAfterWhatTimeAJobIsTriedAgain() {
        fail(RetryDecision.retryAfter(Duration.ofMinutes(3)), new IllegalStateException("busy"), 0);
        assertThat(failure().retryInMillis()).isEqualTo(180_000);
        assertThat(asked).containsExactly("1 busy " + BackOff.fixed(Duration.ofMillis(20)));
    }

    @Test
    void aPolicyLeavesTheTimeToTheQueue() {
        fail(RetryDecision.retry(), new IllegalStateException("busy"), 0);
        assertThat(failure().retryInMillis()).isEqualTo(20);
    }

    @Test
    void aPolicyWithoutAnOpinionLeavesItAllToTheQueue() {
        fail(null, new IllegalStateException("busy"), 0);
        assertThat(failure().retryInMillis()).isEqualTo(20);
    }

    @Test
    void aPolicyEndsAJobThatHasAttemptsLeft() {
        try (LogLines log = LogLines.capture()) {
            fail(RetryDecision.dead(), new IllegalStateException("declined"), 0);
            assertThat(log.with("WARN"))
                    .containsExactly("WARN queue 'work' job 1: dead after attempt 1 of 3:"
                            + " java.lang.IllegalStateException: declined");
        }
        assertThat(failure().retryInMillis()).isNull();
        assertThat(events.told).containsExactly("started 1", "died 1 of declined");
    }

    @Test
    void whatIsToBeTriedAgainIsDeadAfterTheLastAttempt() {
        fail(RetryDecision.retryAfter(Duration.ofMinutes(3)), new IllegalStateException("busy"), 2);
        assertThat(failure().retryInMillis()).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void aPolicyLetsAnAttemptNotCountNotEvenTheLastOne(int attempt) {
        fail(RetryDecision.snooze(Duration.ofMinutes(3)), new IllegalStateException("busy"), attempt);
        assertThat(settled)
                .singleElement()
                .isInstanceOfSatisfying(
                        Snoozed.class, end -> assertThat(end.delayInMillis()).isEqualTo(180_000));
        assertThat(events.told).containsExactly("started 1", "snoozed 1 for PT3M");
    }

    @Test
    void aPolicyCancelsAJob() {
        try (LogLines log = LogLines.capture()) {
            fail(RetryDecision.cancel(), new IllegalStateException("gone"), 0);
            assertThat(log.with("INFO"))
                    .containsExactly("INFO queue 'work' job 1: cancelled after attempt 1 by its retry policy:"
                            + " java.lang.IllegalStateException: gone");
        }
        assertThat(settled)
                .singleElement()
                .isInstanceOfSatisfying(
                        Cancelled.class,
                        end -> assertThat(end.error().message()).isEqualTo("gone"));
        assertThat(events.told).containsExactly("started 1", "cancelled 1");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void aHandlerIsCalledAgainLaterIfItAsksForThat(int attempt) {
        fail(RetryDecision.dead(), new SnoozeException(Duration.ofSeconds(7)), attempt);
        assertThat(settled)
                .singleElement()
                .isInstanceOfSatisfying(
                        Snoozed.class, end -> assertThat(end.delayInMillis()).isEqualTo(7_000));
        assertThat(asked).isEmpty();
    }

    @Test
    void nobodyIsAskedWhereTheHandlerItselfGivesUp() {
        fail(RetryDecision.retry(), new NonRetryableJobException("never"), 0);
        assertThat(failure().retryInMillis()).isNull();
        assertThat(asked).isEmpty();
    }

    @Test
    void aPolicyThatFailsLeavesItToTheQueueAndIsLogged() {
        try (LogLines log = LogLines.capture()) {
            run(
                    (job, failure, backOff) -> {
                        throw new StackOverflowError();
                    },
                    new IllegalStateException("busy"),
                    0);
            assertThat(log.with("ERROR"))
                    .containsExactly("ERROR queue 'work' job 1: its retry policy has failed, so that the queue's"
                            + " back-off decides");
        }
        assertThat(failure().retryInMillis()).isEqualTo(20);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 366})
    void aTimeThatNobodyWaitsIsRefused(long days) {
        assertThatThrownBy(() -> RetryDecision.retryAfter(Duration.ofDays(days)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the delay of a retry must be from 0 to 365 days, but is " + Duration.ofDays(days));
        assertThatThrownBy(() -> new SnoozeException(Duration.ofDays(days)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the delay of a snooze must be from 0 to 365 days, but is " + Duration.ofDays(days));
    }

    private void fail(@Nullable RetryDecision decision, RuntimeException thrown, int attempt) {
        run(
                (job, failure, backOff) -> {
                    asked.add(job.attempt() + " " + failure.getMessage() + " " + backOff);
                    return decision;
                },
                thrown,
                attempt);
    }

    private void run(RetryPolicy policy, RuntimeException thrown, int attempt) {
        Handler handler =
                new Handler("handler", String.class, Set.of("t"), null, null, policy, null, (payload, context) -> {
                    throw thrown;
                });
        ClaimedJob job =
                new ClaimedJob(1, 1, 1, 1, 5, false, attempt, "t", PAYLOAD, null, Instant.EPOCH, Instant.EPOCH);
        runner(handler).run(attempt(job), goneOn::incrementAndGet);
    }
}
