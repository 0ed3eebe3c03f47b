package io.pgjobq.internal.settle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.notify.Doorbell;
import io.pgjobq.internal.notify.Signal;
import io.pgjobq.internal.notify.SignalSink;
import io.pgjobq.internal.store.ClaimedJob;
import io.pgjobq.internal.store.Settlement;
import io.pgjobq.internal.store.Settlement.Failed;
import io.pgjobq.internal.store.Settlement.Failure;
import io.pgjobq.internal.store.Settlement.Released;
import io.pgjobq.internal.store.Settlement.Succeeded;
import io.pgjobq.internal.support.Vitals;
import io.pgjobq.test.LogLines;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class BatchSettlerTests {

    private static final Duration LONG = Duration.ofSeconds(20);

    private static final ClaimedJob QUARANTINED =
            new ClaimedJob(1, 1, 1, 1, 5, true, 0, "", new byte[0], null, Instant.EPOCH, Instant.EPOCH);

    private final Vitals vitals = new Vitals(Duration.ofSeconds(30), System::nanoTime);
    private final ClaimBook book = new ClaimBook();
    private final FakeSettlements store = new FakeSettlements();
    private final AtomicInteger told = new AtomicInteger();
    private final List<Signal> signals = new ArrayList<>();
    private final SignalSink sink = new SignalSink() {

        @Override
        public void receive(Signal signal) {
            signals.add(signal);
        }

        @Override
        public void resynchronize() {}
    };
    private final BatchSettler settler = new BatchSettler(
            new SettlementRecorder(
                    store, () -> {}, book, new Doorbell(sink, null), outcomes -> told.addAndGet(outcomes.size())),
            new LimitedQueues(new Doorbell(sink, null)),
            new KeyedQueues((queue, ended) -> new long[0], new Doorbell(sink, null)),
            vitals,
            System::nanoTime);

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void recordsAllAlthoughTheStoreFailsInEveryWay(int failures) throws Exception {
        store.fail(failures, i -> switch (i % 3) {
            case 0 -> new OutOfMemoryError("heap");
            case 1 -> new IllegalStateException("away");
            default -> new StackOverflowError();
        });
        takeAndSucceed(1, 10);
        settler.start();

        assertThat(settler.drain(LONG)).isTrue();
        settler.stop(LONG);

        assertThat(store.succeeded).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
        assertThat(book.knows(1)).as("the claim is gone").isFalse();
        assertThat(vitals.problems()).isEmpty();
    }

    /** An error after the commit: the batch is written again, and the store says that it holds none of it any more. */
    @Test
    void goesOnAfterAnErrorBetweenTheCommitAndItsNews() throws Exception {
        store.failAfter(new OutOfMemoryError("heap"));
        takeAndSucceed(1, 3);
        settler.start();

        assertThat(settler.drain(LONG)).isTrue();
        takeAndSucceed(2, 3);
        assertThat(settler.drain(LONG)).isTrue();
        settler.stop(LONG);

        assertThat(store.calls).isGreaterThanOrEqualTo(3);
        assertThat(book.knows(1)).isFalse();
        assertThat(book.knows(2)).isFalse();
    }

    @Test
    void tellsTheVitalsWhileItCannotGoOn() throws Exception {
        store.fail(Integer.MAX_VALUE, i -> new OutOfMemoryError("heap"));
        takeAndSucceed(1, 1);
        settler.start();
        while (vitals.problems().isEmpty()) {
            Thread.onSpinWait();
        }

        store.fail(0, i -> new OutOfMemoryError("heap"));
        assertThat(settler.drain(LONG)).isTrue();
        settler.stop(LONG);
        assertThat(vitals.problems()).isEmpty();
    }

    @Test
    void whatIsLeftAtAStopIsRecordedAfterTheNextStart() throws Exception {
        store.fail(Integer.MAX_VALUE, i -> new IllegalStateException("away"));
        takeAndSucceed(1, 5);
        settler.start();
        try (LogLines log = LogLines.capture()) {
            settler.stop(Duration.ofMillis(50));
            assertThat(log.with("settling jobs: stops with 5 attempts unrecorded; those jobs run again"))
                    .hasSize(1);
        }
        assertThat(store.succeeded).isEmpty();

        store.fail(0, i -> new IllegalStateException("away"));
        settler.start();
        assertThat(settler.drain(LONG)).isTrue();
        settler.stop(LONG);
        assertThat(store.succeeded).hasSize(5);
    }

    @Test
    void whatAHandlersTransactionHoldsIsGivenBackLater() throws Exception {
        ClaimedJob job = ClaimBookTests.job(1, 1);
        book.taken(List.of(job));
        store.held = 1;
        settler.settle(new Released(job));
        settler.start();

        assertThat(settler.drain(LONG)).isTrue();
        settler.stop(LONG);
        assertThat(store.releases).isEqualTo(2);
        assertThat(signals).containsExactly(new Signal.Ready(1, 5, 1));
        assertThat(book.knows(1)).isFalse();
    }

    @Test
    void twoAttemptsAtOneJobAreRecordedOneAfterTheOther() throws Exception {
        ClaimedJob first = ClaimBookTests.job(1, 1);
        ClaimedJob second = ClaimBookTests.job(2, 1);
        book.taken(List.of(first, second));
        settler.settleAll(
                List.of(new Succeeded(first, 1, null), new Failed(second, 1, new Failure("t", "m", "s"), 10L)));
        settler.start();

        assertThat(settler.drain(LONG)).isTrue();
        settler.stop(LONG);
        assertThat(store.calls).isEqualTo(2);
    }

    @Test
    void isOverloadedUntilHalfOfItIsRecorded() throws Exception {
        AtomicInteger relieved = new AtomicInteger();
        settler.onRelief(relieved::incrementAndGet);
        takeAndSucceed(1, 5_001);
        assertThat(settler.isOverloaded()).isTrue();

        settler.start();
        assertThat(settler.drain(LONG)).isTrue();
        settler.stop(LONG);
        assertThat(settler.isOverloaded()).isFalse();
        assertThat(relieved).hasValue(1);
    }

    @Test
    void thereIsPlaceForAnotherQuarantinedJobWhenTheEndOfTheLastIsRecorded() throws Exception {
        CountDownLatch free = new CountDownLatch(1);
        settler.quarantine().onFree(free::countDown);
        assertThat(settler.quarantine().reserve()).isTrue();
        settler.quarantine().hold(1);
        ClaimedJob other = ClaimBookTests.job(2, 2);
        book.taken(List.of(QUARANTINED, other));
        settler.start();

        settler.settle(new Succeeded(other, 1, null));
        assertThat(settler.drain(LONG)).isTrue();
        assertThat(settler.quarantine().isFree()).isFalse();
        // A handler's transaction holds it once: it has not ended before it is given back the second time.
        store.held = 1;
        settler.settle(new Released(QUARANTINED));
        assertThat(free.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        settler.stop(LONG);
        assertThat(store.releases).isGreaterThanOrEqualTo(2);
        assertThat(settler.quarantine().isFree()).isTrue();
    }

    @Test
    void recordsSoManyAtOnceAndNoMore() throws Exception {
        takeAndSucceed(1, 2 * BatchSettler.MOST_AT_ONCE + 1);
        settler.start();

        assertThat(settler.drain(LONG)).isTrue();
        settler.stop(LONG);
        assertThat(store.calls).isEqualTo(3);
    }

    @Test
    void largeResultsAreRecordedApart() throws Exception {
        byte[] result = new byte[9 * 1024 * 1024];
        List<ClaimedJob> jobs = List.of(ClaimBookTests.job(1, 1), ClaimBookTests.job(1, 2), ClaimBookTests.job(1, 3));
        book.taken(jobs);
        settler.settleAll(
                jobs.stream().map(job -> new Succeeded(job, 1, result)).toList());
        settler.start();

        assertThat(settler.drain(LONG)).isTrue();
        settler.stop(LONG);
        assertThat(store.calls).as("two fill one statement").isEqualTo(2);
    }

    @Test
    void whatIsPutOffHoldsNothingElseUp() throws Exception {
        ClaimedJob held = ClaimBookTests.job(1, 1);
        book.taken(List.of(held));
        store.held = Integer.MAX_VALUE;
        settler.settle(new Released(held));
        settler.start();
        while (store.releases < 2) {
            Thread.onSpinWait();
        }

        takeAndSucceed(2, 3);
        while (store.succeeded.size() < 3) {
            Thread.onSpinWait();
        }
        assertThat(settler.drain(Duration.ofMillis(1))).as("one is left").isFalse();
        store.held = 0;
        assertThat(settler.drain(LONG)).isTrue();
        settler.stop(LONG);
    }

    @Test
    void canBeStartedAndStoppedAnyNumberOfTimes() throws Exception {
        for (int i = 1; i <= 20; i++) {
            settler.start();
            settler.start();
            takeAndSucceed(i, 1);
            settler.stop(LONG);
            settler.stop(LONG);
            assertThat(store.calls).isEqualTo(i);
        }
    }

    private void takeAndSucceed(long claim, int count) {
        List<ClaimedJob> jobs = LongStream.rangeClosed(1, count)
                .mapToObj(seq -> ClaimBookTests.job(claim, seq))
                .toList();
        book.taken(jobs);
        List<Settlement> settlements = new ArrayList<>();
        jobs.forEach(job -> settlements.add(new Succeeded(job, 1, null)));
        settler.settleAll(settlements);
    }
}
