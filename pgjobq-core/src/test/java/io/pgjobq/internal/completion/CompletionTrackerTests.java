package io.pgjobq.internal.completion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgjobq.CompletionTimeoutException;
import io.pgjobq.JobOutcome;
import io.pgjobq.PayloadConverter;
import io.pgjobq.UnknownJobException;
import io.pgjobq.internal.store.StoredOutcome;
import io.pgjobq.internal.support.DaemonThreads;
import io.pgjobq.internal.support.ManualTimer;
import io.pgjobq.internal.support.Vitals;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompletionTrackerTests {

    private static final Duration HOUR = Duration.ofHours(1);

    private final FakeEnds ends = new FakeEnds();
    private final ManualTimer timer = new ManualTimer();
    private final AtomicLong now = new AtomicLong();
    private final CountDownLatch go = new CountDownLatch(1);
    private final FakeTransaction transaction = new FakeTransaction();
    private final CompletionTracker tracker = new CompletionTracker(
            ends,
            new Answers(),
            HOUR,
            HOUR,
            () -> true,
            new Vitals(HOUR, System::nanoTime),
            new CallbackThreads(new DaemonThreads("callback-")),
            timer,
            now::get);

    @AfterEach
    void end() {
        go.countDown();
        tracker.close();
    }

    @RepeatedTest(20)
    void neitherAnEndNorATimeOutWaitsForCallbacksThatBlock() throws Exception {
        int count = 20;
        CountDownLatch blocked = new CountDownLatch(count);
        for (long id = 1; id <= count; id++) {
            var unused = tracker.completion(id, Void.class).thenRun(() -> {
                blocked.countDown();
                await(go);
            });
        }
        var unusedLate =
                tracker.completion(97, Void.class, Duration.ofSeconds(2)).whenComplete((outcome, failure) -> await(go));
        var late = tracker.completion(98, Void.class, Duration.ofSeconds(2));
        var ended = tracker.completion(99, Void.class);

        tracker.ended(
                LongStream.rangeClosed(1, count).mapToObj(FakeEnds::succeeded).toList());
        assertThat(blocked.await(10, TimeUnit.SECONDS)).isTrue();
        timer.advance(Duration.ofSeconds(2));
        assertThatThrownBy(() -> get(late))
                .hasCauseInstanceOf(CompletionTimeoutException.class)
                .hasMessageContaining("job 98: has not ended within PT2S");
        tracker.ended(List.of(FakeEnds.succeeded(99)));
        assertThat(get(ended)).isInstanceOf(JobOutcome.Succeeded.class);
    }

    /** Somebody has redriven the job by the time at which the end of its first life is told of. */
    @Test
    void aDeathThatIsToldOfLateIsLookedUp() throws Exception {
        var waiting = tracker.completion(5, Void.class);
        assertThat(ends.asked.poll(10, TimeUnit.SECONDS)).containsExactly(5L);

        tracker.ended(List.of(new StoredOutcome(5, "dead", 3, Instant.EPOCH, Instant.EPOCH, null, null, false)));
        assertThat(ends.asked.poll(10, TimeUnit.SECONDS)).containsExactly(5L);

        tracker.ended(List.of(FakeEnds.succeeded(5)));
        assertThat(get(waiting)).isInstanceOf(JobOutcome.Succeeded.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-0.000000001S", "PT-1S", "P365DT0.000000001S", "PT2562047788015215H30M7S"})
    void anAbsurdTimeOutIsRefusedBeforeAnybodyWaits(Duration timeout) throws Exception {
        String refused = "job 7: the time-out must be positive and at most 365 days, but is " + timeout;
        assertThatThrownBy(() -> tracker.completion(7, Void.class, timeout))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(refused);
        assertThatThrownBy(() -> tracker.completionOfSent(7, ResultType.NONE, timeout, null, true, transaction))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(refused);

        assertThat(timer.waiting()).isZero();
        assertNobodyElseWaits();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0.000000001S", "P365D"})
    void theShortestAndTheLongestTimeOutAreTaken(Duration timeout) {
        var waiting = tracker.completion(7, Void.class, timeout);
        timer.advance(timeout.minusNanos(1));
        assertThat(waiting).isNotDone();
        timer.advance(Duration.ofNanos(1));
        assertThatThrownBy(() -> get(waiting)).hasCauseInstanceOf(CompletionTimeoutException.class);
    }

    @Test
    void theTimeOfAJobInAnOpenTransactionCountsFromTheCall() throws Exception {
        var waiting = tracker.completionOfSent(7, ResultType.NONE, Duration.ofSeconds(2), null, true, transaction);
        timer.advance(Duration.ofSeconds(2));
        assertThatThrownBy(() -> get(waiting)).hasCauseInstanceOf(CompletionTimeoutException.class);

        transaction.committed.complete(true);
        assertThat(timer.waiting()).isZero();
        assertNobodyElseWaits();
    }

    @Test
    void aJobIsNotLookedUpBeforeItsTransactionHasCommitted() throws Exception {
        var waiting = tracker.completionOfSent(7, ResultType.NONE, HOUR, null, false, transaction);
        assertNobodyElseWaits();
        ends.end(7);
        transaction.committed.complete(true);
        assertThat(get(waiting)).isInstanceOf(JobOutcome.Succeeded.class);
    }

    @Test
    void aMarkedJobIsLookedUpWhenItsEndIsLongInComing() throws Exception {
        var waiting = tracker.completionOfSent(7, ResultType.NONE, HOUR, null, true, null);
        ends.end(1);
        get(tracker.completion(1, Void.class));
        assertThat(ends.asked).containsExactly(List.of(1L));
        ends.end(7);
        timer.advance(Duration.ofMillis(10));
        assertThat(get(waiting)).isInstanceOf(JobOutcome.Succeeded.class);
    }

    @RepeatedTest(50)
    void callbacksDoNotRunOnTheThreadThatEndsTheTransaction() throws Exception {
        AtomicReference<Thread> thread = new AtomicReference<>();
        var waiting = tracker.completionOfSent(7, ResultType.NONE, HOUR, null, true, transaction);
        var seen = waiting.whenComplete((outcome, failure) -> {
            thread.set(Thread.currentThread());
            await(go);
        });
        transaction.committed.complete(false);
        go.countDown();
        assertThatThrownBy(() -> get(seen))
                .hasCauseInstanceOf(UnknownJobException.class)
                .hasMessageContaining("rolled back");
        assertThat(thread.get().getName()).startsWith("callback-");
    }

    @Test
    void whoeverWaitsWhenItIsClosedIsToldOnAnotherThread() {
        AtomicReference<Thread> thread = new AtomicReference<>();
        var following = tracker.completion(1, Void.class).whenComplete((outcome, failure) -> {
            thread.set(Thread.currentThread());
            await(go);
        });
        var uncommitted = tracker.completionOfSent(2, ResultType.NONE, HOUR, null, false, transaction);
        tracker.close();
        go.countDown();
        for (var told : List.of(following, uncommitted, tracker.completion(3, Void.class))) {
            assertThatThrownBy(() -> get(told))
                    .hasCauseInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("pgjobq has been closed");
        }
        assertThat(thread.get().getName()).startsWith("callback-");
        transaction.committed.complete(true);
        assertThat(timer.waiting()).isZero();
    }

    @Test
    void aJobThatNobodyKnowsIsToldSo() {
        ends.outcome = id -> FakeEnds.unknown(id, false);
        ends.end(7);
        var waiting = tracker.completion(7, Void.class);
        assertThatThrownBy(() -> get(waiting))
                .hasCauseInstanceOf(UnknownJobException.class)
                .hasMessageContaining("nothing is known of it");
    }

    @Test
    void aJobThatIsRedrivenBetweenTheTwoLooksIsWaitedForAgain() throws Exception {
        AtomicBoolean redriven = new AtomicBoolean();
        ends.outcome = id -> redriven.getAndSet(true) ? FakeEnds.succeeded(id) : FakeEnds.unknown(id, true);
        ends.end(7);
        assertThat(get(tracker.completion(7, Void.class)).id()).isEqualTo(7);
        assertThat(redriven).isTrue();
    }

    @Test
    void endsItsThreadsWhenItIsClosed() throws Exception {
        AtomicReference<Thread> callback = new AtomicReference<>();
        AtomicReference<Thread> looking = new AtomicReference<>();
        CountDownLatch chained = new CountDownLatch(1);
        ends.beforeAwait = () -> {
            looking.set(Thread.currentThread());
            await(chained);
        };
        ends.end(7);
        var called = tracker.completion(7, Void.class)
                .whenComplete((outcome, failure) -> callback.set(Thread.currentThread()));
        chained.countDown();
        get(called);

        tracker.close();
        for (Thread thread : List.of(callback.get(), looking.get())) {
            thread.join(TimeUnit.SECONDS.toMillis(10));
            assertThat(thread.isAlive()).as(thread.getName()).isFalse();
        }
        assertThat(timer.isClosed()).isTrue();
    }

    @Test
    void whoeverStopsWaitingIsForgotten() throws Exception {
        tracker.completion(7, Void.class).cancel(false);
        tracker.completionOfSent(7, ResultType.NONE, HOUR, null, true, transaction)
                .cancel(false);
        transaction.committed.complete(true);
        assertThat(timer.waiting()).isZero();
        ends.asked.clear();
        assertNobodyElseWaits();
    }

    @Test
    void whoeverCannotBeGivenATimeOutIsForgotten() throws Exception {
        timer.before = failOnce(new OutOfMemoryError("unable to create native thread"));
        assertThatThrownBy(() -> tracker.completion(7, Void.class)).isInstanceOf(OutOfMemoryError.class);
        assertNobodyElseWaits();
    }

    @Test
    void whatFailsAtTheCommitIsToldThroughTheFuture() {
        var waiting = tracker.completionOfSent(7, ResultType.NONE, HOUR, null, true, transaction);
        timer.before = failOnce(new OutOfMemoryError("unable to create native thread"));
        transaction.committed.complete(true);
        assertThatThrownBy(() -> get(waiting)).hasCauseInstanceOf(OutOfMemoryError.class);
    }

    @Test
    void aResultWhoseClassDoesNotLoadIsToldThroughTheFuture() {
        var waiting = tracker.completion(7, Integer.class);
        tracker.ended(List.of(FakeEnds.succeeded(7)));
        assertThatThrownBy(() -> get(waiting)).hasCauseInstanceOf(NoClassDefFoundError.class);
    }

    static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException ex) {
            throw new AssertionError(ex);
        }
    }

    static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(20, TimeUnit.SECONDS);
    }

    static Runnable failOnce(Throwable failure) {
        AtomicBoolean failed = new AtomicBoolean();
        return () -> {
            if (!failed.getAndSet(true)) {
                if (failure instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) failure;
            }
        };
    }

    /** All who wait are looked up at once, so that job 1 alone shows that nobody else does. */
    private void assertNobodyElseWaits() throws Exception {
        var marker = tracker.completion(1, Void.class);
        tracker.lookEverywhere();
        ends.end(1);
        tracker.endedElsewhere(List.of(1L));
        get(marker);
        List<List<Long>> asked = new ArrayList<>();
        ends.asked.drainTo(asked);
        assertThat(asked).isNotEmpty().allSatisfy(ids -> assertThat(ids).containsOnly(1L));
    }

    static final class FakeTransaction implements SendingTransaction {

        final CompletableFuture<Boolean> committed = new CompletableFuture<>();

        @Override
        public boolean isOpenHere() {
            return false;
        }

        @Override
        public CompletableFuture<Boolean> committed() {
            return committed;
        }
    }

    static final class Answers implements PayloadConverter {

        @Override
        public byte[] write(Object value) {
            return new byte[0];
        }

        @Override
        public Object read(byte[] bytes, Type type) {
            throw new NoClassDefFoundError("answer");
        }
    }
}
