package io.pgjobq.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgjobq.BatchJob;
import io.pgjobq.DeadlineExceededException;
import io.pgjobq.Handler;
import io.pgjobq.Handler.Batching;
import io.pgjobq.JobContext;
import io.pgjobq.NonRetryableJobException;
import io.pgjobq.SnoozeException;
import io.pgjobq.TimeLimitExceededException;
import io.pgjobq.internal.store.ClaimedJob;
import io.pgjobq.internal.store.Settlement;
import io.pgjobq.internal.store.Settlement.AlreadySettled;
import io.pgjobq.internal.store.Settlement.Cancelled;
import io.pgjobq.internal.store.Settlement.Failed;
import io.pgjobq.internal.store.Settlement.Released;
import io.pgjobq.internal.store.Settlement.Snoozed;
import io.pgjobq.internal.store.Settlement.Succeeded;
import io.pgjobq.internal.store.StartedJob;
import io.pgjobq.test.LogLines;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.transaction.support.TransactionOperations;

/** Calls of handlers with batches, and what becomes of each job. */
class BatchRunnerTests extends RunnerFixture {

    private final AtomicInteger rolledBack = new AtomicInteger();
    private final List<String> seen = new ArrayList<>();
    private List<JobRun> runs = attempts(1, 2, 3);

    @BeforeEach
    void onTheDataSourceOfTheQueue() {
        store.inTransaction = true;
    }

    private List<JobRun> attempts(long... ids) {
        return LongStream.of(ids).mapToObj(id -> attempt(job(id))).toList();
    }

    private static ClaimedJob job(long id) {
        return job(id, ("\"p" + id + "\"").getBytes(StandardCharsets.UTF_8));
    }

    private static ClaimedJob job(long id, byte @Nullable [] payload) {
        return new ClaimedJob(id, id, 1, 1, 5, false, 0, "t", payload, null, Instant.EPOCH, Instant.EPOCH);
    }

    private void run(@Nullable TransactionOperations transaction, Handler.BatchInvocation<String> invocation) {
        Handler handler = Handler.ofBatches(
                "handler", String.class, Set.of("t"), transaction, new Batching(9, Duration.ZERO), jobs -> {
                    jobs.forEach(job -> seen.add(job.payload()));
                    invocation.invoke(jobs);
                });
        assertThat(runner(handler).run(new JobBatch(runs).first(), goneOn::incrementAndGet))
                .isTrue();
    }

    private Settlement of(long id) {
        return settled.stream()
                .filter(settlement -> settlement.job().id() == id)
                .findFirst()
                .orElseThrow();
    }

    /** The thread looks at the attempts as soon as it is interrupted. */
    @ParameterizedTest
    @MethodSource
    void allAreToEndBeforeTheThreadLearnsOfIt(Interruption why) throws Exception {
        List<@Nullable Interruption> known = new ArrayList<>();
        JobBatch batch = new JobBatch(runs);
        Thread thread = new Thread(batch::begin) {
            @Override
            public void interrupt() {
                runs.forEach(run -> known.add(run.interruption()));
            }
        };
        thread.start();
        thread.join();

        runs.get(1).interrupt(why);

        assertThat(known).containsExactly(why, why, why);
    }

    static List<Interruption> allAreToEndBeforeTheThreadLearnsOfIt() {
        return List.of(new Interruption.ByStop(), new Interruption.ByTimeLimit(Duration.ofSeconds(1)));
    }

    @Test
    void theHandlerIsCalledOnceAndEachJobSucceeds() {
        run(null, jobs -> assertThat(jobs.get(1).context().id()).isEqualTo(2));
        assertThat(seen).containsExactly("p1", "p2", "p3");
        assertThat(settled).hasSize(3).allMatch(Succeeded.class::isInstance);
        assertThat(events.told)
                .containsExactly("started 1", "started 2", "started 3", "succeeded 1", "succeeded 2", "succeeded 3");
    }

    @Test
    void inATransactionAllAreCompletedTogether() {
        run(transaction(rolledBack), jobs -> now.addAndGet(5_000));
        assertThat(store.completed).hasSize(3).allMatch(succeeded -> succeeded.micros() == 5);
        assertThat(completions).isEqualTo(store.completed);
        assertThat(settled).hasSize(3).allMatch(AlreadySettled.class::isInstance);
    }

    @Test
    void oneThatIsFailedApartIsNoPartOfThat() {
        run(transaction(rolledBack), jobs -> {
            jobs.get(0).fail(new NonRetryableJobException("broken"));
            jobs.get(2).fail(new SnoozeException(Duration.ofSeconds(7)));
            jobs.get(2).fail(new IllegalStateException("not the first"));
        });
        assertThat(rolledBack).hasValue(0);
        assertThat(store.completed)
                .extracting(succeeded -> succeeded.job().id())
                .containsExactly(2L);
        assertThat(of(1))
                .isInstanceOfSatisfying(
                        Failed.class,
                        failed -> assertThat(failed.retryInMillis()).isNull());
        assertThat(of(2)).isInstanceOf(AlreadySettled.class);
        assertThat(of(3))
                .isInstanceOfSatisfying(
                        Snoozed.class,
                        snoozed -> assertThat(snoozed.delayInMillis()).isEqualTo(7_000));
    }

    @Test
    void aHandlerThatThrowsFailsEachJobThatItHasNotFailedApart() {
        try (LogLines log = LogLines.capture()) {
            run(transaction(rolledBack), jobs -> {
                jobs.get(1).fail(new NonRetryableJobException("broken"));
                throw new IllegalStateException("all");
            });
            assertThat(log.with("next in 20 ms")).as("said once").hasSize(1);
            assertThat(log.with("1 jobs of its batch have ended as this one")).hasSize(1);
        }
        assertThat(rolledBack).hasValue(1);
        assertThat(store.completed).isEmpty();
        assertThat(events.told.subList(3, 6))
                .containsExactly(
                        "retried 1 after all in PT0.02S", "died 2 of broken", "retried 3 after all in PT0.02S");
    }

    @Test
    void aCommitThatFailsFailsThemToo() {
        store.failure = new IllegalStateException("refused");
        run(transaction(rolledBack), jobs -> {});
        assertThat(settled).hasSize(3).allMatch(Failed.class::isInstance);
    }

    @Test
    void ifOneWasTakenAwayTheOthersAreGivenBackUncharged() {
        store.taken.add(2L);
        run(transaction(rolledBack), jobs -> {});
        assertThat(rolledBack).hasValue(1);
        assertThat(store.completed).isEmpty();
        assertThat(of(1)).isInstanceOf(Released.class);
        assertThat(of(2)).isInstanceOf(AlreadySettled.class);
        assertThat(of(3)).isInstanceOf(Released.class);
        assertThat(events.told.subList(3, 6)).containsExactly("given back 1", "given back 2", "given back 3");
    }

    @Test
    void ifOneIsCancelledMeanwhileTheTransactionIsRolledBackAndTheOthersAreGivenBack() {
        run(transaction(rolledBack), jobs -> {
            runs.get(1).interrupt(new Interruption.ByCancellation("left"));
            assertThat(jobs.get(1).context().isCancelled()).isTrue();
            assertThat(jobs.get(0).context().shouldStop()).isFalse();
            assertThat(Thread.interrupted()).as("the others go on").isFalse();
        });
        assertThat(rolledBack).hasValue(1);
        assertThat(of(1)).isInstanceOf(Released.class);
        assertThat(of(2)).isInstanceOf(Cancelled.class);
        assertThat(of(3)).isInstanceOf(Released.class);
    }

    @Test
    void aCancelledJobThatTheHandlerLeavesOutSpoilsNothing() {
        run(transaction(rolledBack), jobs -> {
            runs.get(1).interrupt(new Interruption.ByCancellation("left"));
            jobs.get(1).fail(new IllegalStateException("nobody wants it"));
        });
        assertThat(rolledBack).hasValue(0);
        assertThat(store.completed).hasSize(2);
        assertThat(of(2)).isInstanceOf(Cancelled.class);
    }

    @Test
    void theThreadIsInterruptedWhenAllAreCancelled() {
        run(null, jobs -> {
            runs.forEach(run -> run.interrupt(new Interruption.ByCancellation(null)));
            throw new InterruptedException(String.valueOf(Thread.interrupted()));
        });
        assertThat(settled).hasSize(3).allMatch(Cancelled.class::isInstance);
    }

    @Test
    void theTimeLimitIsThatOfTheBatch() {
        timeLimit = Duration.ofSeconds(1);
        run(transaction(rolledBack), jobs -> {
            timer.advance(timeLimit);
            assertThat(Thread.interrupted()).isTrue();
        });
        assertThat(rolledBack).hasValue(1);
        assertThat(settled)
                .hasSize(3)
                .allSatisfy(settlement -> assertThat(settlement)
                        .isInstanceOfSatisfying(
                                Failed.class,
                                failed -> assertThat(failed.error().type())
                                        .isEqualTo(TimeLimitExceededException.class.getName())));
    }

    @Test
    void aBatchThatIgnoresItsTimeLimitIsReportedOnceAndItsJobsNeedNotWaitForIt() {
        timeLimit = Duration.ofSeconds(1);
        try (LogLines log = LogLines.capture()) {
            run(null, jobs -> {
                timer.advance(timeLimit);
                timer.advance(TimeLimits.GRACE);
                assertThat(settled).hasSize(3).allMatch(Failed.class::isInstance);
            });
            assertThat(log.with("ignores the interruption")).hasSize(1);
        }
        assertThat(settled).hasSize(3);
    }

    @Test
    void aJobWhoseDeadlineIsOverMeanwhileIsDeadAndTheOthersAreGivenBack() {
        runs = List.of(attempt(job(1)), attempt(job(2, null)));
        store.started = new StartedJob.Payload(PAYLOAD, Duration.ofSeconds(3));
        run(transaction(rolledBack), jobs -> {
            timer.advance(Duration.ofSeconds(3));
            assertThat(Thread.interrupted()).isFalse();
        });
        assertThat(rolledBack).hasValue(1);
        assertThat(of(1)).isInstanceOf(Released.class);
        assertThat(of(2))
                .isInstanceOfSatisfying(
                        Failed.class,
                        failed -> assertThat(failed.retryInMillis()).isNull());
    }

    @Test
    void whoWaitsForAJobWhoseDeadlineIsOverNeedNotWaitForItsBatch() {
        runs = List.of(attempt(job(1)), attempt(job(2, null)));
        store.started = new StartedJob.Payload(PAYLOAD, Duration.ofSeconds(3));
        run(null, jobs -> {
            timer.advance(Duration.ofSeconds(3));
            assertThat(settled).isEmpty();
            timer.advance(TimeLimits.GRACE);
            assertThat(settled).singleElement().isEqualTo(of(2)).isInstanceOf(Failed.class);
        });
        assertThat(of(1)).isInstanceOf(Succeeded.class);
        assertThat(settled).hasSize(2);
    }

    @Test
    void aJobWhoseDeadlineIsOverWhenAllAreReadIsNotStarted() {
        runs = List.of(attempt(job(1, null)), attempt(job(2, null)));
        store.started = new StartedJob.Payload(PAYLOAD, Duration.ofSeconds(3));
        store.beforeStart = () -> now.addAndGet(Duration.ofSeconds(3).toNanos());
        run(null, jobs -> assertThat(jobs).hasSize(1));
        assertThat(of(1))
                .isInstanceOfSatisfying(
                        Failed.class,
                        failed ->
                                assertThat(failed.error().type()).isEqualTo(DeadlineExceededException.class.getName()));
        assertThat(of(2)).isInstanceOf(Succeeded.class);
    }

    @Test
    void ofJobsThatSomebodyMayKeepOneIsWaitedForAndNoMore() {
        runs = List.of(attempt(job(1, null)), attempt(job(2, null)), attempt(job(3)));
        store.started = new StartedJob.Held();
        run(null, jobs -> assertThat(jobs).hasSize(1));
        assertThat(store.starts).hasValue(1);
        assertThat(List.of(of(1), of(2))).allMatch(Released.class::isInstance);
        assertThat(of(3)).isInstanceOf(Succeeded.class);
    }

    @Test
    void jobsThatMayNotStartOrCannotBeReadDoNotEnterTheBatch() {
        runs = List.of(attempt(job(1, new byte[] {'{'})), attempt(job(2)), attempt(job(3)), attempt(job(4, null)));
        runs.get(2).interrupt(new Interruption.ByCancellation(null));
        store.started = new StartedJob.Expired();
        run(transaction(rolledBack), jobs -> {});
        assertThat(seen).containsExactly("p2");
        assertThat(of(1)).isInstanceOf(Failed.class);
        assertThat(of(3)).isInstanceOf(Cancelled.class);
        assertThat(of(4)).isInstanceOf(AlreadySettled.class);
        assertThat(store.completed).hasSize(1);
    }

    @Test
    void whereOnePayloadCannotBeReadForTheMomentTheOthersAreNotTried() {
        runs = List.of(attempt(job(1, null)), attempt(job(2, null)), attempt(job(3)));
        store.failure = new IllegalStateException("no connection");
        run(null, jobs -> assertThat(jobs).hasSize(1));
        assertThat(of(1)).isInstanceOf(Released.class);
        assertThat(of(2)).isInstanceOf(Released.class);
        assertThat(store.starts).hasValue(1);
    }

    @Test
    void ifNoTransactionCanBeBegunAllAreGivenBack() {
        run(refusing(new IllegalStateException("full")), jobs -> {});
        assertThat(seen).isEmpty();
        assertThat(settled).hasSize(3).allMatch(Released.class::isInstance);
    }

    @Test
    void interceptorsSeeTheBatch() {
        List<@Nullable Object> intercepted = new ArrayList<>();
        Handler handler = InterceptorChain.around(
                Handler.ofBatches(
                        "handler", String.class, Set.of("t"), null, new Batching(9, Duration.ZERO), jobs -> {}),
                List.of(invocation -> {
                    JobContext first = invocation.context();
                    intercepted.add(first.id());
                    ((List<?>) invocation.payload()).forEach(job -> intercepted.add(((BatchJob<?>) job).payload()));
                    return invocation.proceed();
                }));
        runner(handler).run(new JobBatch(runs).first(), goneOn::incrementAndGet);
        assertThat(intercepted).containsExactly(1L, "p1", "p2", "p3");
    }

    @Test
    void whatIsReturnedForABatchIsRefused() {
        Handler handler = new Handler(
                "handler",
                String.class,
                Set.of("t"),
                null,
                null,
                null,
                new Batching(9, Duration.ZERO),
                (jobs, first) -> "result");
        runner(handler).run(new JobBatch(runs).first(), goneOn::incrementAndGet);
        assertThat(settled)
                .hasSize(3)
                .allSatisfy(settlement -> assertThat(settlement)
                        .isInstanceOfSatisfying(
                                Failed.class,
                                failed ->
                                        assertThat(failed.error().message()).contains("returned a java.lang.String")));
    }

    @Test
    void aJobCannotBeFailedWhenTheHandlerHasReturned() {
        List<BatchJob<String>> kept = new ArrayList<>();
        run(null, kept::addAll);
        assertThatThrownBy(() -> kept.get(0).fail(new IllegalStateException("late")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("its handler has returned");
    }
}
