package io.pgjobq.internal.worker;

import static io.pgjobq.internal.worker.WorkloadFixture.awaitWaiting;
import static io.pgjobq.internal.worker.WorkloadFixture.isWaitingIn;
import static io.pgjobq.internal.worker.WorkloadFixture.until;
import static io.pgjobq.internal.worker.WorkloadFixture.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.test.LogLines;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

/** What becomes of jobs when a container stops or pauses. */
class QueueContainerStopTests extends ContainerFixture {

    private final Gate gate = new Gate();

    @Test
    void whatRunsIsWaitedForAndAskedToStopAndWhatIsHeldIsGivenBackAtOnce() throws Exception {
        QueueContainer container = container(gate);
        startWith(container, 1, 2, 3);
        gate.entered.await();
        Thread stopping = waiting(container::stop);
        awaitWaiting(stopping, "awaitIdle");
        assertThat(container.isRunning()).isFalse();
        assertThat(container.activeJobs()).isEqualTo(1);
        assertThat(claiming.get(0).isAlive()).isFalse();
        until(() -> settlements.givenBack.size() == 2);

        try (LogLines log = LogLines.capture()) {
            gate.opened.countDown();
            stopping.join();
            assertThat(log.with("still run")).isEmpty();
        }

        assertThat(settlements.givenBack).containsExactlyInAnyOrder(2L, 3L);
        assertThat(settlements.succeeded).containsExactly(1L);
        assertThat(gate.interrupted).containsExactly(false);
        assertThat(gate.asksToStop).containsExactly(true);
        assertThat(container.activeJobs()).isZero();
    }

    @Test
    void aSecondStopWaitsForTheFirst() throws Exception {
        QueueContainer container = container(gate);
        startWith(container, 1);
        gate.entered.await();
        Thread first = waiting(container::stop);
        awaitWaiting(first, "awaitIdle");
        Thread second = waiting(container::stop);
        awaitWaiting(second, "stop");

        gate.opened.countDown();
        second.join();

        assertThat(settlements.succeeded).containsExactly(1L);
        first.join();
    }

    @Test
    void whatStillRunsAfterTheTimeOutIsInterruptedAndGivenBack() throws Exception {
        QueueContainer container = container(1, Duration.ofMillis(1), handler(gate));
        startWith(container, 1);
        gate.entered.await();

        container.stop();

        assertThat(gate.interrupted.take()).isTrue();
        assertThat(settlements.givenBack).containsExactly(1L);
        assertThat(settlements.failed).isEmpty();
    }

    @Test
    void whatIgnoresTheInterruptionIsGivenBackAndItsEndCountsNoMore() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch opened = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        QueueContainer container = container(1, Duration.ZERO, handler((payload, context) -> {
            entered.countDown();
            while (opened.getCount() > 0) {
                if (Thread.interrupted()) {
                    interrupted.countDown();
                }
                Thread.onSpinWait();
            }
            return null;
        }));
        startWith(container, 1);
        entered.await();

        container.stop();

        interrupted.await();
        assertThat(settlements.givenBack).containsExactly(1L);
        opened.countDown();
        until(() -> container.activeJobs() == 0);
        settler.stop(LONG);
        assertThat(settlements.succeeded).isEmpty();
    }

    @Test
    void anInterruptedThreadStopsAllOfItAndStaysInterrupted() throws Exception {
        QueueContainer container = container(1, Duration.ZERO, handler(gate));
        startWith(container, 1, 2);
        gate.entered.await();
        Thread.currentThread().interrupt();

        container.stop();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(claiming).noneMatch(Thread::isAlive);
        assertThat(settlements.givenBack).containsExactlyInAnyOrder(1L, 2L);
        assertThat(container.isRunning()).isFalse();
    }

    @Test
    void whatIsHeldIsGivenBackAlthoughAClaimHangs() throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        QueueContainer container =
                container((payload, context) -> context.id() == 1 ? null : gate.invoke(payload, context));
        startWith(container, 1);
        until(() -> !settlements.succeeded.isEmpty() && container.activeJobs() == 0);
        // That was fast, so that jobs are held from now on.
        tables.answers.add(FakeTables.jobs(2, 3));
        container.announce(5, 2);
        asked();
        gate.entered.await();
        tables.answers.add(request -> {
            answered.await();
            return FakeTables.jobs(4).to(request);
        });
        container.announce(5, 4);
        asked();
        Thread stopping = waiting(container::stop);
        awaitWaiting(stopping, "join");
        until(() -> !settlements.givenBack.isEmpty());
        assertThat(isWaitingIn(stopping, "join")).as("the claim still hangs").isTrue();

        answered.countDown();
        gate.opened.countDown();
        stopping.join();

        assertThat(settlements.givenBack).containsExactly(3L, 4L);
    }

    @Test
    void whatAClaimBringsDuringTheStopIsGivenBack() throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        QueueContainer container = container(2, LONG, handler(gate));
        startWith(container, 1);
        gate.entered.await();
        tables.answers.add(request -> {
            answered.await();
            return FakeTables.jobs(3).to(request);
        });
        container.announce(5, 3);
        asked();
        Thread stopping = waiting(container::stop);
        awaitWaiting(stopping, "join");

        answered.countDown();
        gate.opened.countDown();
        stopping.join();

        assertThat(settlements.givenBack).containsExactly(3L);
        assertThat(settlements.succeeded).containsExactly(1L);
    }

    @Test
    void returnsWhenAllEndsAreRecorded() throws Exception {
        settler.stop(Duration.ZERO);
        CountDownLatch ran = new CountDownLatch(1);
        QueueContainer container = container((payload, context) -> {
            ran.countDown();
            return null;
        });
        startWith(container, 1);
        ran.await();
        Thread stopping = waiting(container::stop);
        awaitWaiting(stopping, "drain");

        settler.start();
        stopping.join();

        assertThat(settlements.succeeded).containsExactly(1L);
    }

    @Test
    void aCallbackIsRunWhenItHasStoppedAndTheCallerIsNotHeldUp() throws Exception {
        QueueContainer container = container(gate);
        startWith(container, 1);
        gate.entered.await();
        BlockingQueue<Boolean> stopped = new LinkedBlockingQueue<>();

        container.stop(() -> stopped.add(settlements.succeeded.contains(1L)));
        assertThat(stopped).isEmpty();
        gate.opened.countDown();

        assertThat(stopped.take()).isTrue();
    }

    @Test
    void aPauseGivesBackWhatIsHeldAndLetsGoOnWhatRunsUntilItIsResumed() throws Exception {
        QueueContainer container = container(gate);
        startWith(container, 1, 2);
        gate.entered.await();

        container.pause();
        assertThat(container.isPaused()).isTrue();
        assertThat(container.isRunning()).isTrue();
        until(() -> !settlements.givenBack.isEmpty());
        gate.opened.countDown();
        until(() -> container.activeJobs() == 0);
        container.announce(5, 1);
        idle();
        assertThat(tables.asked).isEmpty();

        container.resume();
        assertThat(asked().lanes()).hasSize(11);
        container.stop();
        assertThat(gate.interrupted).containsExactly(false);
        assertThat(gate.asksToStop).containsExactly(false);
        assertThat(settlements.givenBack).containsExactly(2L);
    }

    @Test
    void whatIsHeldForTooLongIsGivenBackWhileTheHandlerIsBusy() throws Exception {
        QueueContainer container = container(gate);
        startWith(container, 1, 2);
        gate.entered.await();
        now.addAndGet(WorkloadFixture.HOLD + 1);
        until(() -> !settlements.givenBack.isEmpty());
        gate.opened.countDown();

        container.stop();

        assertThat(settlements.givenBack).containsExactly(2L);
        assertThat(settlements.succeeded).containsExactly(1L);
    }
}
