package io.pgjobq.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.worker.ClaimStep.GiveBack;
import io.pgjobq.internal.worker.ClaimStep.Take;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which jobs run together, and when. */
class BatchesTests extends BatchesFixture {

    @BeforeEach
    void open() {
        workload.open();
    }

    @Test
    void aFullBatchStartsAtOnceInTheOrderOfItsJobs() {
        hold("b", "b", "b", "b");
        assertThat(started).isEqualTo(1);
        assertThat(next()).containsExactly(1L, 2L, 3L);
        assertThat(next()).as("the fourth waits for others").isEmpty();
        assertThat(held()).containsExactly(4L);
    }

    @Test
    void fewerStartWhenTheFirstHasWaited() {
        hold("b");
        pass(WAIT.minusMillis(1));
        assertThat(started).isZero();
        workload.hold(List.of(run(2, "b", 0)), 0);
        assertThat(started).isZero();
        pass(Duration.ofMillis(1));
        assertThat(started).isEqualTo(1);
        assertThat(next()).containsExactly(1L, 2L);
        assertThat(timer.waiting()).isZero();
    }

    @Test
    void whoComesLaterWaitsAnewWhenAFullBatchHasStarted() {
        hold("b", "b");
        pass(WAIT.dividedBy(2));
        workload.hold(List.of(run(3, "b", 0), run(4, "b", 0)), 0);
        assertThat(next()).containsExactly(1L, 2L, 3L);
        assertThat(next()).isEmpty();
        pass(WAIT.dividedBy(2));
        assertThat(started).isEqualTo(1);
        pass(WAIT.dividedBy(2));
        assertThat(started).isEqualTo(2);
        assertThat(next()).containsExactly(4L);
    }

    @Test
    void aLaterVersionIsInNobodysBatch() {
        hold("b", "b@2", "b");
        assertThat(next()).containsExactly(2L);
    }

    @Test
    void jobsOfOtherHandlersAreNeitherInTheBatchNorHeldUp() {
        hold("b", "s", "b", "s", "b");
        assertThat(next()).containsExactly(2L);
        assertThat(next()).containsExactly(4L);
        workload.died(null);
        assertThat(next()).containsExactly(1L, 3L, 5L);
    }

    @Test
    void aBatchThatHasWaitedComesBeforeThoseBehindIt() {
        hold("b", "s", "b");
        pass(WAIT);
        assertThat(next()).containsExactly(1L, 3L);
        assertThat(next()).containsExactly(2L);
    }

    @Test
    void aJobThatHasFailedBeforeRunsAloneAndAtOnce() {
        workload.hold(List.of(run(1, "b", 1), run(2, "b", 0), run(3, "b", 1)), 0);
        assertThat(next()).containsExactly(1L);
        assertThat(next()).containsExactly(3L);
        assertThat(next()).isEmpty();
    }

    @Test
    void aBatchTakesOnePlace() {
        nothingIsKnown();
        hold("b", "b", "b");
        JobRun first = workload.next(null);
        assertThat(workload.activeJobs()).isEqualTo(3);
        workload.update(lanes -> lanes.announce(5, 9));
        assertThat(step()).as("three for the other place").isEqualTo(new Take(3));
        assertThat(first).isNotNull();
        first.together().forEach(JobRun::begin);
        workload.next(first);
        assertThat(workload.activeJobs()).isZero();
    }

    @Test
    void forEachFreePlaceAFullBatchIsTaken() {
        assertThat(step()).isEqualTo(new Take(6));
        hold("b", "b");
        workload.update(lanes -> lanes.announce(5, 9));
        assertThat(step()).as("what is held waits for others").isEqualTo(new Take(4));
    }

    @Test
    void jobsThatWaitForOthersAreGivenBackMuchLater() {
        nothingIsKnown();
        hold("b");
        pass(Duration.ofNanos(HOLD + 1));
        assertThat(step()).as("a place was free all the time").isNull();
        pass(WAIT);
        assertThat(step()).isInstanceOf(GiveBack.class);
    }

    @Test
    void lessIsTakenAfterTooMuchUntilBatchesRun() {
        hold("s", "s", "s");
        pass(Duration.ofNanos(HOLD + 1));
        assertThat(step()).isInstanceOf(GiveBack.class);
        held();
        assertThat(step()).isEqualTo(new Take(4));
        hold("b", "b");
        pass(WAIT);
        assertThat(next()).hasSize(2);
        assertThat(step()).isEqualTo(new Take(3));
    }

    @Test
    void nothingStartsOnceItIsClosedAndWhatWaitsIsGivenBack() {
        hold("b", "b");
        workload.close();
        pass(WAIT);
        assertThat(next()).isEmpty();
        assertThat(held()).containsExactly(1L, 2L);
        assertThat(timer.waiting()).isZero();
    }

    @Test
    void aTimerThatCanNotBeHadLosesNothing() {
        timer.before = () -> {
            throw new OutOfMemoryError("heap");
        };
        hold("b");
        assertThat(held()).containsExactly(1L);
    }
}
