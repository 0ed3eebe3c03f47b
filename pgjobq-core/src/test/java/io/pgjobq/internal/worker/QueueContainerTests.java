package io.pgjobq.internal.worker;

import static io.pgjobq.internal.worker.WorkloadFixture.awaitWaiting;
import static io.pgjobq.internal.worker.WorkloadFixture.waiting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.pgjobq.internal.notify.LocalDispatch.WorkerSlot;
import io.pgjobq.internal.settle.ClaimBookTests;
import io.pgjobq.internal.store.Settlement.Succeeded;
import io.pgjobq.internal.store.StoreFailures;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

/** Starting, stopping, and what has to be so that jobs are taken. */
class QueueContainerTests extends ContainerFixture {

    private final BlockingQueue<Long> ran = new LinkedBlockingQueue<>();
    private final QueueContainer container = container((payload, context) -> ran.add(context.id()));

    @Test
    void startsAndStopsAnyNumberOfTimesWithOneThreadAtATime() throws Exception {
        assertThat(container.isRunning()).isFalse();
        container.stop();
        for (int i = 1; i <= 20; i++) {
            container.start();
            container.start();
            assertThat(container.isRunning()).isTrue();
            assertThat(claiming).hasSize(i);
            assertThat(claiming.get(i - 1).isAlive()).isTrue();
            container.stop();
            container.stop();
            assertThat(container.isRunning()).isFalse();
            assertThat(claiming.get(i - 1).isAlive()).isFalse();
        }
    }

    @Test
    void asksForNothingBeforeItsStartAndAfterItsStop() throws Exception {
        container.announce(5, 1);
        assertThat(claiming).isEmpty();
        container.start();
        asked();
        container.stop();
        tables.asked.clear();
        container.announce(5, 1);
        assertThat(tables.asked).isEmpty();

        container.start();
        assertThat(asked().lanes()).as("whatever was missed").hasSize(11);
        container.stop();
    }

    @Test
    void aStopAndAStartDuringAClaimThatHangsLeaveOneThreadAndLoseNoJob() throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        tables.answers.add(request -> {
            answered.await();
            return FakeTables.jobs(1).to(request);
        });
        container.start();
        asked();
        Thread stopping = waiting(container::stop);
        awaitWaiting(stopping, "join");
        stopping.interrupt();
        stopping.join();
        assertThat(container.isRunning()).isFalse();

        container.start();
        asked();
        answered.countDown();
        claiming.get(0).join();
        assertThat(ran.take()).isEqualTo(1);
        container.stop();

        assertThat(claiming).hasSize(2).noneMatch(Thread::isAlive);
    }

    @Test
    void isNotRunningIfNoThreadIsToBeHadAndCanBeStartedLater() throws Exception {
        container.start();
        asked();
        idle();
        WorkerSlot vacancy = container.reserve(5, "");
        Thread stopping = waiting(container::stop);
        awaitWaiting(stopping, "awaitIdle");
        stopping.interrupt();
        stopping.join();
        noThread = new OutOfMemoryError("unable to create native thread");

        assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(container::start);
        assertThat(container.isRunning()).isFalse();
        vacancy.fill(ClaimBookTests.job(vacancy.place().claim(), 1));
        noThread = null;
        startWith(container, 2);

        assertThat(ran.take()).isEqualTo(2);
        container.stop();
        assertThat(settlements.givenBack).containsExactly(1L);
    }

    @Test
    void asksForNothingUntilItKnowsItsQueue() throws Exception {
        QueueContainer unnumbered = unnumbered(3, LONG, handler((payload, context) -> null));
        unnumbered.start();
        idle();
        assertThat(tables.asked).isEmpty();
        assertThat(unnumbered.queueId()).isZero();

        unnumbered.setQueueId(8);

        assertThat(asked()).satisfies(request -> {
            assertThat(request.queue()).isEqualTo(8);
            assertThat(request.limit()).isEqualTo(3);
        });
        unnumbered.stop();
    }

    @Test
    void asksForNothingWhileItsNodeIsNotRegistered() throws Exception {
        node.unregister();
        container.start();
        idle();
        assertThat(tables.asked).isEmpty();

        node.register();
        container.announce(5, 1);
        asked();
        container.stop();
    }

    @Test
    void asksForNothingWhileItsNodeIsNotFit() throws Exception {
        for (int i = 0; i < 4; i++) {
            vitals.failed("work", new OutOfMemoryError());
            now.addAndGet(Duration.ofSeconds(14).toNanos());
        }
        container.start();
        idle();
        assertThat(tables.asked).isEmpty();

        vitals.works("work");
        container.announce(5, 1);
        asked();
        container.stop();
    }

    @Test
    void asksForNothingWhileTooMuchIsUnrecordedAndByItselfWhenItIsNot() throws Exception {
        settler.stop(Duration.ZERO);
        for (int i = 1; i <= 5_001; i++) {
            settler.settle(new Succeeded(ClaimBookTests.job(1, i), 1, null));
        }
        container.start();
        idle();
        assertThat(tables.asked).isEmpty();

        settler.start();

        asked();
        container.stop();
    }

    @Test
    void asksForAQuarantinedJobByItselfWhenAnotherQueuesHasEnded() throws Exception {
        settler.quarantine().hold(99);
        container.start();
        assertThat(asked().lanes()).hasSize(10);
        idle();
        assertThat(tables.asked).isEmpty();

        settler.quarantine().settled(99);

        assertThat(asked().lanes()).containsExactly(10);
        container.stop();
    }

    @Test
    void aQueueThatWasDeletedIsMadeAgainAndItsJobsAreTakenByItsNewNumber() throws Exception {
        tables.answers.add(FakeTables.failure(StoreFailures.queueGone()));
        tables.answers.add(FakeTables.jobs(1));
        container.start();

        assertThat(asked().queue()).isEqualTo(7);
        assertThat(asked().queue()).isEqualTo(101);
        assertThat(ran.take()).isEqualTo(1);
        container.stop();
        assertThat(queuesMade).hasValue(1);
        assertThat(container.queueId()).isEqualTo(101);
    }

    @Test
    void asksOnlyForWhatIsAnnouncedAndForAllAgainWhenItMayHaveMissedSomething() throws Exception {
        container.start();
        asked();
        idle();
        container.advance(40);
        container.announce(3, 50);
        assertThat(asked()).satisfies(request -> {
            assertThat(request.lanes()).containsExactly(3);
            assertThat(request.from()).containsExactly(40);
        });

        idle();
        container.lookEverywhere();
        assertThat(asked()).satisfies(request -> {
            assertThat(request.lanes()).hasSize(11);
            assertThat(request.from()).containsOnly(0);
        });
        container.stop();
    }

    @Test
    void whatIsAnnouncedDuringAClaimIsAskedForNext() throws Exception {
        tables.answers.add(request -> {
            container.announce(3, 50);
            return FakeTables.nothing(request);
        });
        container.start();
        asked();

        assertThat(asked().lanes()).containsExactly(3);
        container.stop();
    }

    @Test
    void aClaimThatFailsIsTriedAgainByItself() throws Exception {
        tables.answers.add(FakeTables.failure(new IllegalStateException("away")));
        container.start();
        asked();

        assertThat(asked().lanes()).hasSize(11);
        container.stop();
    }

    @Test
    void tellsWhatItIs() {
        assertThat(container.queue()).isEqualTo("work");
        assertThat(container.concurrency()).isEqualTo(1);
        assertThat(container.queueOptions().maxAttempts()).isEqualTo(3);
        assertThat(container.types()).as("all").isNull();
        assertThat(container.isAutoStartup()).isTrue();
        assertThat(container.isPaused()).isFalse();
        assertThat(container.activeJobs()).isZero();
    }
}
