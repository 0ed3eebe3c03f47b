package io.pgjobq.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.test.LogLines;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How many runners there are, and what they run. */
@Timeout(30)
class WorkloadRunnersTests extends WorkloadFixture {

    private static final Duration LONG = Duration.ofSeconds(25);

    @BeforeEach
    void open() {
        workload.open();
    }

    @Test
    void eachRunnerWakesTheNextAsLongAsThereAreJobsAndPlaces() {
        hold(0);
        assertThat(started).as("for nothing").isZero();
        hold(3);
        assertThat(started).isEqualTo(1);

        assertThat(workload.next(null).id()).isEqualTo(1);
        assertThat(started).isEqualTo(2);
        assertThat(workload.next(null).id()).isEqualTo(2);
        assertThat(started).as("all places are taken").isEqualTo(2);
        assertThat(workload.activeJobs()).isEqualTo(2);
    }

    @Test
    void noRunnerIsWokenForTheLastJob() {
        hold(1);
        workload.next(null);

        assertThat(started).isEqualTo(1);
    }

    @Test
    void aRunnerGoesOnWithTheNextJobUntilNoneIsLeftAndAnotherIsStartedThen() {
        hold(2);
        JobRun first = workload.next(null);
        JobRun second = workload.next(first);
        assertThat(second.id()).isEqualTo(2);
        assertThat(workload.running()).containsExactly(second);
        assertThat(workload.next(second)).isNull();
        // The one that was woken for the second comes too late.
        assertThat(workload.next(null)).isNull();
        assertThat(workload.activeJobs()).isZero();

        hold(3);
        workload.next(null);
        assertThat(started).isEqualTo(2 + 2);
    }

    @Test
    void whatIsHeldIsNotStartedWhileItIsPausedOrClosed() {
        hold(2);
        workload.pause(true);
        assertThat(workload.next(null)).isNull();
        workload.pause(false);
        workload.close();
        assertThat(workload.next(null)).isNull();

        assertThat(held()).containsExactly(1L, 2L);
    }

    @Test
    void aRunnerThatDiesLosesItsPlaceAndItsJobAndIsReplaced() {
        hold(3);
        JobRun first = workload.next(null);
        workload.next(null);

        workload.died(first);

        assertThat(started).isEqualTo(3);
        assertThat(workload.running()).extracting(JobRun::id).containsExactly(2L);
        workload.died(null);
        assertThat(started).isEqualTo(4);
        assertThat(workload.activeJobs()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("io.pgjobq.internal.worker.RunnerFixture#unchecked")
    void ifNoThreadIsToBeHadTheJobsStayHeldAndItIsSaidOnce(Throwable thrown) {
        try (LogLines log = LogLines.capture()) {
            noThread = thrown;
            hold(1);
            hold(1);
            assertThat(log.with("no thread can be started")).hasSize(1);

            noThread = null;
            hold(1);
            assertThat(log.with("threads can be started for jobs again")).hasSize(1);
            assertThat(workload.next(null)).isNotNull();
            assertThat(started).as("those that failed don't count").isEqualTo(2);
            workload.next(null);
            assertThat(log.with("again")).hasSize(1);
            assertThat(held()).hasSize(1);
        }
    }

    @Test
    void aJobThatIsSentHereAndFindsNoThreadIsGivenBackInTime() throws Exception {
        nothingIsKnown();
        BlockingQueue<ClaimStep> steps = new LinkedBlockingQueue<>();
        waiting(() -> steps.add(workload.awaitStep(() -> false)));
        workload.keep(this, 5);
        noThread = new OutOfMemoryError("unable to create native thread");
        workload.fill(this, run(1));

        now.addAndGet(HOLD + 1);

        assertThat(steps.take()).isEqualTo(new ClaimStep.GiveBack());
    }

    @Test
    void aJobThatWillNeverEndIsNotWaitedFor() throws Exception {
        hold(1);
        JobRun run = workload.next(null);
        workload.abandon(run);

        assertThat(workload.running()).isEmpty();
        assertThat(workload.awaitIdle(Duration.ZERO)).isTrue();
    }

    @Test
    void whatRunsIsWaitedForInTime() throws Exception {
        assertThat(workload.awaitIdle(Duration.ZERO)).isTrue();
        hold(2);
        JobRun first = workload.next(null);
        JobRun second = workload.next(null);
        assertThat(workload.awaitIdle(Duration.ZERO)).isFalse();
        assertThat(workload.awaitIdle(Duration.ofMillis(1))).isFalse();

        workload.close();
        BlockingQueue<Boolean> idle = new LinkedBlockingQueue<>();
        Thread stopping = waiting(() -> idle.add(workload.awaitIdle(LONG)));
        workload.next(first);
        awaitWaiting(stopping);
        assertThat(idle).isEmpty();
        workload.next(second);

        assertThat(idle.take()).isTrue();
    }

    @Test
    void whatIsBeingSentHereIsWaitedFor() throws Exception {
        nothingIsKnown();
        workload.keep(this, 5);
        workload.close();
        BlockingQueue<Boolean> idle = new LinkedBlockingQueue<>();
        Thread stopping = waiting(() -> idle.add(workload.awaitIdle(LONG)));
        assertThat(stopping.getState()).isEqualTo(Thread.State.TIMED_WAITING);

        workload.free(this);

        assertThat(idle.take()).isTrue();
    }

    @Test
    void aSenderThatIsStuckHoldsUpNoStopForLongerThanItsTime() throws Exception {
        nothingIsKnown();
        workload.keep(this, 5);
        workload.close();

        assertThat(workload.awaitIdle(Duration.ofMillis(1))).as("nothing runs").isTrue();
    }

    @Test
    void aRestEndsInTimeOrWhenItIsClosed() throws Exception {
        workload.rest(Duration.ZERO);
        workload.rest(Duration.ofMillis(1));
        Thread resting = waiting(() -> workload.rest(LONG));

        workload.close();

        resting.join();
        workload.rest(LONG);
    }
}
