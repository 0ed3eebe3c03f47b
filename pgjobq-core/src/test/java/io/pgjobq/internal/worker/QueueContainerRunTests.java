package io.pgjobq.internal.worker;

import static io.pgjobq.internal.worker.RunnerFixture.refusing;
import static io.pgjobq.internal.worker.WorkloadFixture.awaitWaiting;
import static io.pgjobq.internal.worker.WorkloadFixture.until;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.pgjobq.Handler;
import io.pgjobq.internal.notify.LocalDispatch.WorkerSlot;
import io.pgjobq.internal.settle.ClaimBookTests;
import io.pgjobq.internal.store.ClaimedJob;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.CannotCreateTransactionException;

/** Running jobs that were taken, and those that are sent where they run. */
class QueueContainerRunTests extends ContainerFixture {

    private static final long LAST_COUNT = (1L << 37) - 1;

    /** The time is asked for at the end of an attempt, to charge its failure, and once more in the simplest way. */
    private static final int SETTLES_NOTHING = 3;

    private final BlockingQueue<Long> ran = new LinkedBlockingQueue<>();
    private final QueueContainer container = container((payload, context) -> ran.add(context.id()));

    @Test
    void runsWhatItTookInOrderAndTakesMoreWhenItIsAnnounced() throws Exception {
        startWith(container, 1, 2, 3);
        assertThat(ran.take()).isEqualTo(1);
        assertThat(ran.take()).isEqualTo(2);
        assertThat(ran.take()).isEqualTo(3);
        tables.answers.add(FakeTables.jobs(4));
        container.announce(5, 4);
        assertThat(ran.take()).isEqualTo(4);

        container.stop();
        assertThat(settlements.succeeded).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void aPlaceIsTakenAsLongAsTheHandlersWorkGoesOnWithoutAThread() throws Exception {
        CompletableFuture<String> work = new CompletableFuture<>();
        QueueContainer unfinished = container((payload, context) -> {
            ran.add(context.id());
            return context.id() == 1 ? work : null;
        });
        startWith(unfinished, 1);
        ran.take();
        unfinished.announce(5, 2);
        idle();
        assertThat(unfinished.activeJobs()).isEqualTo(1);
        assertThat(tables.asked).isEmpty();

        tables.answers.add(FakeTables.jobs(2));
        work.complete("done");

        assertThat(ran.take()).isEqualTo(2);
        unfinished.stop();
        assertThat(settlements.succeeded).containsExactly(1L, 2L);
    }

    @Test
    void aRunnerThatDiesOfAnErrorLeavesItsPlaceToTheNext() throws Exception {
        QueueContainer failing = container((payload, context) -> {
            ran.add(context.id());
            throw new IllegalStateException("job " + context.id());
        });
        Logger log = (Logger) LoggerFactory.getLogger(AttemptEnds.class);
        Full full = new Full();
        full.start();
        log.addAppender(full);
        try {
            startWith(failing, 1, 2);
            assertThat(ran.take()).isEqualTo(1);
            assertThat(ran.take()).isEqualTo(2);
            assertThat(escaped.take()).isInstanceOf(OutOfMemoryError.class);
            failing.stop();
        } finally {
            log.detachAppender(full);
        }

        assertThat(settlements.failed).containsExactly(1L, 2L);
        assertThat(failing.activeJobs()).isZero();
        assertThat(upkeep.claimsInDoubt)
                .as("what is recorded is not given back")
                .hasValue(0);
    }

    /** Has no memory for what is logged. */
    private static final class Full extends AppenderBase<ILoggingEvent> {

        @Override
        protected void append(ILoggingEvent event) {
            throw new OutOfMemoryError("heap");
        }
    }

    @Test
    void aJobOfWhichNobodyCouldSayHowItEndedIsUnknownSoThatItIsGivenBackAndItsPlaceIsFree() throws Exception {
        container.start();
        asked();
        idle();
        WorkerSlot vacancy = container.reserve(5, "");
        withoutMemory = SETTLES_NOTHING;
        vacancy.fill(ClaimBookTests.job(vacancy.place().claim(), 8));
        until(() -> upkeep.claimsInDoubt.get() > 0);
        assertThat(book.knows(vacancy.place().claim())).isFalse();
        assertThat(container.activeJobs()).isZero();

        withoutMemory = 0;
        tables.answers.add(FakeTables.jobs(9));
        container.announce(5, 9);
        assertThat(ran.take()).isEqualTo(9);
        container.stop();
        assertThat(settlements.succeeded).containsExactly(9L);
        assertThat(settlements.failed).isEmpty();
        assertThat(settlements.givenBack).isEmpty();
    }

    @Test
    void soIsAJobWhoseWorkWentOnWithoutAThread() throws Exception {
        CompletableFuture<String> work = new CompletableFuture<>();
        QueueContainer unfinished = container((payload, context) -> {
            ran.add(context.id());
            return context.id() == 1 ? work : null;
        });
        startWith(unfinished, 1);
        ran.take();
        idle();
        until(() -> busy.get() == 0);
        withoutMemory = SETTLES_NOTHING;
        work.complete("done");
        until(() -> upkeep.claimsInDoubt.get() > 0 && unfinished.activeJobs() == 0);

        withoutMemory = 0;
        tables.answers.add(FakeTables.jobs(2));
        unfinished.announce(5, 2);
        assertThat(ran.take()).isEqualTo(2);
        unfinished.stop();
        assertThat(settlements.succeeded).containsExactly(2L);
        assertThat(settlements.failed).isEmpty();
        assertThat(settlements.givenBack).isEmpty();
    }

    @Test
    void asksForNothingWhileAttemptsCannotBegin() throws Exception {
        Handler handler = new Handler(
                "handler",
                byte[].class,
                Set.of(),
                refusing(new CannotCreateTransactionException("full")),
                (payload, context) -> null);
        QueueContainer resting = container(2, LONG, handler);
        startWith(resting, 1);
        until(() -> !settlements.givenBack.isEmpty() && resting.activeJobs() == 0);
        idle();
        assertThat(resting.reserve(5, "")).as("nor for what is sent here").isNull();
        resting.announce(5, 1);
        awaitWaiting(claiming.get(0), "rest");
        assertThat(tables.asked).isEmpty();

        now.addAndGet(Duration.ofSeconds(1).toNanos());

        assertThat(asked()).satisfies(request -> {
            assertThat(request.lanes()).containsExactly(5);
            assertThat(request.limit()).as("no more than run at once").isEqualTo(2);
        });
        idle();
        assertThat(resting.reserve(5, "")).isNotNull().satisfies(WorkerSlot::leave);
        resting.stop();
    }

    @Test
    void aJobThatIsSentHereRunsInItsPlace() throws Exception {
        container.start();
        asked();
        idle();
        WorkerSlot vacancy = container.reserve(2, "");
        assertThat(vacancy.place().queue()).isEqualTo(7);
        assertThat(vacancy.place().node()).isEqualTo(node.registration());
        assertThat(vacancy.place().from()).hasSize(3);
        long claim = vacancy.place().claim();
        assertThat(book.knows(claim)).as("it may be made").isTrue();
        assertThat(container.reserve(2, "")).as("one at a time").isNull();

        vacancy.fill(ClaimBookTests.job(claim, 8));

        assertThat(ran.take()).isEqualTo(8);
        container.stop();
        assertThat(settlements.succeeded).containsExactly(8L);
    }

    @Test
    void aPlaceThatIsLeftOrLostIsFreeAndWhatWasLostIsLookedFor() throws Exception {
        container.start();
        asked();
        idle();
        WorkerSlot left = container.reserve(5, "");
        left.leave();
        assertThat(book.knows(left.place().claim())).isFalse();
        assertThat(upkeep.claimsInDoubt).hasValue(0);

        WorkerSlot lost = container.reserve(5, "");
        lost.lose();
        assertThat(upkeep.claimsInDoubt).hasValue(1);
        assertThat(container.reserve(5, "")).isNotNull();
    }

    @Test
    void aJobThatIsSentHereWhenItIsPausedIsGivenBackAndItsPlaceIsFree() throws Exception {
        container.start();
        asked();
        idle();
        WorkerSlot vacancy = container.reserve(5, "");
        container.pause();
        ClaimedJob job = ClaimBookTests.job(vacancy.place().claim(), 8);

        vacancy.fill(job);

        container.resume();
        asked();
        idle();
        assertThat(container.reserve(5, "")).isNotNull().satisfies(WorkerSlot::leave);
        container.stop();
        assertThat(settlements.givenBack).containsExactly(8L);
        assertThat(ran).isEmpty();
    }

    @Test
    void noPlaceIsKeptForATypeThatNobodyHereRuns() throws Exception {
        Handler handler = new Handler("handler", byte[].class, Set.of("t"), null, (payload, context) -> null);
        QueueContainer typed = container(1, LONG, handler);
        typed.start();
        asked();
        idle();

        assertThat(typed.reserve(5, "other")).isNull();
        assertThat(typed.reserve(5, "t")).isNotNull().satisfies(WorkerSlot::leave);
        typed.stop();
    }

    @Test
    void noPlaceIsKeptIfTheNodeCannotRegisterAnew() throws Exception {
        container.start();
        asked();
        idle();
        useUpClaims();
        nodes.failure = new IllegalStateException("away");
        assertThat(container.reserve(5, "")).isNull();

        nodes.failure = null;
        assertThat(container.reserve(5, "")).isNotNull().satisfies(WorkerSlot::leave);
    }

    private void useUpClaims() {
        long left = LAST_COUNT - (node.nextClaims(1).first() & LAST_COUNT) - 1;
        while (left > 0) {
            int count = (int) Math.min(left, Integer.MAX_VALUE);
            node.nextClaims(count);
            left -= count;
        }
    }
}
