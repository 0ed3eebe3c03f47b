package io.pgjobq.internal.completion;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.JobOutcome;
import io.pgjobq.internal.support.DaemonThreads;
import io.pgjobq.internal.support.ManualTimer;
import io.pgjobq.internal.support.Vitals;
import io.pgjobq.test.RandomValues;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.dao.PermissionDeniedDataAccessException;
import org.springframework.jdbc.UncategorizedSQLException;

/** Errors and failures of the database at each step of the thread that looks up ends. */
class CompletionFaultTests {

    private static final Duration HOUR = Duration.ofHours(1);

    private final FakeEnds ends = new FakeEnds();
    private final AtomicReference<Runnable> beforeListening = new AtomicReference<>(() -> {});
    private final AtomicReference<Runnable> beforeThread = new AtomicReference<>(() -> {});
    private final Vitals vitals = new Vitals(HOUR, System::nanoTime);
    private final CompletionTracker tracker = new CompletionTracker(
            ends,
            new CompletionTrackerTests.Answers(),
            HOUR,
            HOUR,
            this::isListening,
            vitals,
            new CallbackThreads(failingThreads()),
            new ManualTimer(),
            System::nanoTime);

    enum Fault {
        ERROR(new StackOverflowError()),
        MEMORY(new OutOfMemoryError("Java heap space")),
        DATABASE(new UncategorizedSQLException("look", null, new SQLException("connection lost", "08006")));

        private final Throwable failure;

        Fault(Throwable failure) {
            this.failure = failure;
        }

        Runnable once() {
            return CompletionTrackerTests.failOnce(failure);
        }
    }

    private boolean isListening() {
        beforeListening.get().run();
        return true;
    }

    private ThreadFactory failingThreads() {
        DaemonThreads threads = new DaemonThreads("callback-");
        return work -> {
            beforeThread.get().run();
            return threads.newThread(work);
        };
    }

    @AfterEach
    void end() {
        tracker.close();
    }

    @ParameterizedTest
    @EnumSource
    void aFailureToSeeWhetherItListensIsSurvived(Fault fault) throws Exception {
        beforeListening.set(fault.once());
        assertEndIsFound();
    }

    @ParameterizedTest
    @EnumSource
    void aFailureToMarkIsSurvived(Fault fault) throws Exception {
        ends.beforeAwait = fault.once();
        assertEndIsFound();
    }

    @ParameterizedTest
    @EnumSource
    void aFailureToReadOutcomesIsSurvived(Fault fault) throws Exception {
        ends.beforeOutcomes = fault.once();
        assertEndIsFound();
    }

    @ParameterizedTest
    @EnumSource
    void aFailureToHandOverToACallbackIsSurvived(Fault fault) throws Exception {
        beforeThread.set(fault.once());
        assertEndIsFound();
    }

    @ParameterizedTest
    @EnumSource
    void aFailureToTellThatSomebodyMayNotWaitIsSurvived(Fault fault) {
        ends.beforeAwait = () -> {
            throw new PermissionDeniedDataAccessException("look", new SQLException("denied", "42501"));
        };
        beforeThread.set(fault.once());
        var waiting = tracker.completion(7, Void.class);
        assertThat(waiting)
                .failsWithin(Duration.ofSeconds(20))
                .withThrowableThat()
                .withMessageContaining("grant it the waiter's role");
    }

    @ParameterizedTest
    @EnumSource
    void whoeverRecordsAnEndDoesNotFailIfItCannotBeTold(Fault fault) throws Exception {
        var waiting = tracker.completion(7, Void.class);
        ends.asked.poll(10, TimeUnit.SECONDS);
        ends.end(7);
        beforeThread.set(fault.once());
        tracker.ended(List.of(FakeEnds.succeeded(7)));
        assertThat(CompletionTrackerTests.get(waiting)).isInstanceOf(JobOutcome.Succeeded.class);
    }

    private void assertEndIsFound() throws Exception {
        ends.end(7);
        assertThat(CompletionTrackerTests.get(tracker.completion(7, Void.class)))
                .isInstanceOf(JobOutcome.Succeeded.class);
    }

    @RepeatedTest(20)
    void eachEndReachesItsWaiterWhateverFailsMeanwhile() throws Exception {
        int count = 2_000;
        RandomValues values = RandomValues.ofThisRun();
        List<Runnable> faults = List.of(Fault.ERROR.once(), Fault.MEMORY.once(), Fault.DATABASE.once());
        AtomicLong looks = new AtomicLong(values.intBetween(0, 1));
        ends.beforeAwait = () -> faults.get((int) (looks.get() % 3)).run();
        ends.beforeOutcomes =
                () -> faults.get((int) (looks.incrementAndGet() % 3)).run();
        List<CompletableFuture<JobOutcome<Void>>> waiting = new ArrayList<>();
        AtomicLong made = new AtomicLong();
        CompletableFuture<Void> ending = CompletableFuture.runAsync(() -> {
            for (long id = 1; id <= count; id++) {
                while (made.get() < id) {
                    Thread.onSpinWait();
                }
                ends.end(id);
                tracker.endedElsewhere(List.of(id));
            }
        });
        for (long id = 1; id <= count; id++) {
            waiting.add(tracker.completion(id, Void.class));
            made.set(id);
        }
        CompletionTrackerTests.get(ending);
        CompletionTrackerTests.get(CompletableFuture.allOf(waiting.toArray(CompletableFuture[]::new)));
    }
}
