package io.pgjobq.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.DeadlineExceededException;
import io.pgjobq.Handler;
import io.pgjobq.TimeLimitExceededException;
import io.pgjobq.internal.store.Settlement.AlreadySettled;
import io.pgjobq.internal.store.Settlement.Cancelled;
import io.pgjobq.internal.store.Settlement.Released;
import io.pgjobq.internal.store.Settlement.Succeeded;
import io.pgjobq.internal.store.StartedJob;
import io.pgjobq.test.LogLines;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What becomes of an attempt that runs too long. */
class TimeLimitsTests extends RunnerFixture {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final JobRun run = attempt(job(PAYLOAD));

    private void runWith(@Nullable Duration limit, Handler.Invocation invocation) {
        Handler handler = new Handler("handler", String.class, Set.of("t"), null, limit, null, null, invocation);
        runner(handler).run(run, goneOn::incrementAndGet);
    }

    @Test
    void anAttemptWithoutALimitIsNotWatched() {
        runWith(null, (payload, context) -> {
            assertThat(timer.waiting()).isZero();
            return null;
        });
    }

    @Test
    void anAttemptThatEndsInTimeIsWatchedNoLonger() {
        runWith(LIMIT, (payload, context) -> {
            assertThat(timer.waiting()).isEqualTo(1);
            return null;
        });
        assertThat(timer.waiting()).isZero();
        assertThat(settled).singleElement().isInstanceOf(Succeeded.class);
    }

    @Test
    void theLimitOfTheHandlerComesBeforeThatOfItsContainer() {
        timeLimit = Duration.ofSeconds(1);
        runWith(LIMIT, (payload, context) -> {
            timer.advance(Duration.ofSeconds(2));
            assertThat(context.shouldStop()).isFalse();
            return null;
        });
        assertThat(settled).singleElement().isInstanceOf(Succeeded.class);
    }

    @Test
    void aHandlerThatIsInterruptedFailsOfItsLimit() {
        timeLimit = LIMIT;
        runWith(null, (payload, context) -> {
            timer.advance(LIMIT);
            assertThat(context.shouldStop()).isTrue();
            new CountDownLatch(1).await();
            return null;
        });
        assertThat(failure().error().type()).isEqualTo(TimeLimitExceededException.class.getName());
        assertThat(failure().error().message()).isEqualTo("ran longer than its time limit of PT30S");
        assertThat(failure().error().stack()).contains("Caused by: java.lang.InterruptedException");
        assertThat(failure().retryInMillis()).isEqualTo(20);
        assertThat(timer.waiting()).isZero();
    }

    @Test
    void aResultThatComesTooLateIsRefused() {
        runWith(LIMIT, (payload, context) -> {
            timer.advance(LIMIT);
            return "late";
        });
        assertThat(Thread.interrupted()).isFalse();
        assertThat(failure().error().type()).isEqualTo(TimeLimitExceededException.class.getName());
    }

    @Test
    void aTransactionThatComesTooLateIsRolledBack() {
        AtomicInteger rolledBack = new AtomicInteger();
        store.inTransaction = true;
        Handler handler = new Handler(
                "handler",
                String.class,
                Set.of("t"),
                transaction(rolledBack),
                LIMIT,
                null,
                null,
                (payload, context) -> {
                    timer.advance(LIMIT);
                    return "late";
                });
        runner(handler).run(run, goneOn::incrementAndGet);
        assertThat(rolledBack).hasValue(1);
        assertThat(store.completed).isEmpty();
        assertThat(failure().error().type()).isEqualTo(TimeLimitExceededException.class.getName());
    }

    @Test
    void aHandlerThatGoesOnIsReportedAndItsJobNeedNotWaitForIt() {
        try (LogLines log = LogLines.capture()) {
            runWith(LIMIT, (payload, context) -> {
                timer.advance(LIMIT);
                timer.advance(TimeLimits.GRACE);
                assertThat(failure().retryInMillis()).isEqualTo(20);
                return "late";
            });
            assertThat(log.with("WARN"))
                    .containsExactly(
                            "WARN queue 'work' job 1: attempt 1 ignores the interruption by its time limit or deadline; its"
                                    + " thread and its place stay taken",
                            "WARN queue 'work' job 1: attempt 1 failed after its end had been recorded");
        }
        assertThat(settled).hasSize(1);
    }

    @Test
    void whatGoesOnAfterTheCallIsWatchedToo() {
        CompletableFuture<String> work = new CompletableFuture<>();
        runWith(LIMIT, (payload, context) -> work);
        timer.advance(LIMIT);
        assertThat(work).isCancelled();
        handedOver.remove().run();
        assertThat(failure().error().type()).isEqualTo(TimeLimitExceededException.class.getName());
        assertThat(goneOn).hasValue(1);
        assertThat(timer.waiting()).isZero();
    }

    @Test
    void aStopThatCameBeforeTheLimitGivesTheJobBack() {
        runWith(LIMIT, (payload, context) -> {
            run.interrupt(new Interruption.ByStop());
            timer.advance(LIMIT);
            new CountDownLatch(1).await();
            return null;
        });
        assertThat(settled).singleElement().isInstanceOf(Released.class);
    }

    @Test
    void aCancellationComesBeforeAllElse() {
        runWith(LIMIT, (payload, context) -> {
            timer.advance(LIMIT);
            assertThat(context.isCancelled()).isFalse();
            run.interrupt(new Interruption.ByCancellation("by ops"));
            assertThat(context.isCancelled()).isTrue();
            return "late";
        });
        assertThat(settled)
                .singleElement()
                .isInstanceOfSatisfying(
                        Cancelled.class,
                        end -> assertThat(end.error().message()).isEqualTo("by ops"));
        assertThat(events.told).containsExactly("started 1", "cancelled 1");
    }

    @Test
    void aJobThatIsCancelledBeforeItStartsIsNotStarted() {
        run.interrupt(new Interruption.ByCancellation(null));
        runWith(null, (payload, context) -> {
            throw new AssertionError("started");
        });
        assertThat(settled).singleElement().isInstanceOf(Cancelled.class);
    }

    @Test
    void anAttemptThatRunsBeyondItsJobsDeadlineIsItsLast() {
        timeLimit = LIMIT;
        run.expiresIn(Duration.ofSeconds(5));
        runWith(null, (payload, context) -> {
            timer.advance(Duration.ofSeconds(5));
            assertThat(context.shouldStop()).isTrue();
            return "late";
        });
        assertThat(failure().error().type()).isEqualTo(DeadlineExceededException.class.getName());
        assertThat(failure().retryInMillis()).isNull();
    }

    @Test
    void aDeadlineThatIsFurtherAwayThanTheLimitChangesNothing() {
        run.expiresIn(LIMIT.plusSeconds(1));
        runWith(LIMIT, (payload, context) -> {
            timer.advance(LIMIT);
            return "late";
        });
        assertThat(failure().error().type()).isEqualTo(TimeLimitExceededException.class.getName());
    }

    @Test
    void aJobWhoseDeadlineWasOverIsNotStarted() {
        store.started = new StartedJob.Expired();
        JobRun late = attempt(job(null));
        runner(handler((payload, context) -> {
                    throw new AssertionError("started");
                }))
                .run(late, goneOn::incrementAndGet);
        assertThat(settled).singleElement().isInstanceOf(AlreadySettled.class);
        assertThat(events.told).containsExactly("died 1 of its deadline was over before it succeeded");
    }

    @Test
    void aJobThatSomebodyKeepsIsGivenBack() {
        store.started = new StartedJob.Held();
        runner(handler((payload, context) -> {
                    throw new AssertionError("started");
                }))
                .run(attempt(job(null)), goneOn::incrementAndGet);
        assertThat(settled).singleElement().isInstanceOf(Released.class);
        assertThat(events.told).isEmpty();
    }
}
