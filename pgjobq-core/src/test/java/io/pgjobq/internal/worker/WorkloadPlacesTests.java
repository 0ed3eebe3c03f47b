package io.pgjobq.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Places that are kept for jobs which are being sent. */
class WorkloadPlacesTests extends WorkloadFixture {

    private final Object sender = new Object();
    private final Object other = new Object();

    @BeforeEach
    void nothingToTake() {
        workload.open();
        nothingIsKnown();
    }

    @Test
    void aPlaceIsKeptWithHowFarItsLaneAndThoseBeforeItWereSeen() {
        workload.update(lanes -> lanes.advance(40));

        assertThat(workload.keep(sender, 2)).containsExactly(40, 40, 40);
    }

    @Test
    void noPlaceIsKeptWhileItIsPausedOrClosedOrTheNodeMayNot() {
        workload.close();
        assertThat(workload.keep(sender, 5)).isNull();
        workload.open();
        nothingIsKnown();
        workload.pause(true);
        nothingIsKnown();
        assertThat(workload.keep(sender, 5)).isNull();
        workload.pause(false);
        nothingIsKnown();
        mayTake = false;
        assertThat(workload.keep(sender, 5)).isNull();

        mayTake = true;
        assertThat(workload.keep(sender, 5)).isNotNull();
    }

    @Test
    void noPlaceIsKeptWhileSomethingMayComeBeforeTheJob() {
        workload.update(lanes -> lanes.announce(9, 1));
        assertThat(workload.keep(sender, 5)).as("something is to be looked for").isNull();

        nothingIsKnown();
        workload.pause(true);
        hold(1);
        workload.pause(false);
        nothingIsKnown();
        assertThat(workload.keep(sender, 5)).as("something is held").isNull();
        held();
        assertThat(workload.keep(sender, 5)).isNotNull();
    }

    @Test
    void noPlaceIsKeptWhileJobsAreBeingTaken() throws Exception {
        workload.update(lanes -> lanes.announce(9, 1));
        assertThat(step()).isInstanceOf(ClaimStep.Take.class);
        nothingIsKnown();
        assertThat(workload.keep(sender, 5)).isNull();
        workload.awaitStep(() -> true);
        assertThat(workload.keep(sender, 5))
                .as("when a thread of an earlier start looks")
                .isNull();

        assertThat(step()).as("they have been taken").isNull();
        assertThat(workload.keep(sender, 5)).isNotNull();
    }

    @Test
    void noPlaceIsKeptWhileAllAreTaken() {
        hold(2);
        JobRun first = workload.next(null);
        workload.next(null);
        assertThat(workload.keep(sender, 5)).isNull();

        workload.next(first);
        assertThat(workload.keep(sender, 5)).isNotNull();
    }

    @Test
    void onePlaceIsKeptAtATimeAndForHalfASecond() {
        workload.keep(sender, 5);
        assertThat(workload.keep(other, 5)).isNull();
        now.addAndGet(HOLD - 1);
        assertThat(workload.keep(other, 5)).isNull();
        now.incrementAndGet();
        assertThat(workload.keep(other, 5)).isNotNull();

        workload.free(sender);
        assertThat(workload.keep(sender, 5)).as("it is the other's by now").isNull();
        workload.free(other);
        assertThat(workload.keep(sender, 5)).isNotNull();
    }

    @Test
    void aKeptPlaceIsNotFilledWithOtherJobsForHalfASecond() {
        workload.keep(sender, 5);
        workload.update(lanes -> lanes.announce(9, 1));
        assertThat(step()).isEqualTo(new ClaimStep.Take(1));
        now.addAndGet(HOLD);
        assertThat(step()).isEqualTo(new ClaimStep.Take(2));
        now.addAndGet(-HOLD);
        workload.free(sender);
        assertThat(step()).isEqualTo(new ClaimStep.Take(2));
    }

    @Test
    void theJobRunsInItsPlaceWhichIsKeptNoMore() {
        workload.keep(sender, 5);

        assertThat(workload.fill(sender, run(8))).isTrue();

        assertThat(started).isEqualTo(1);
        assertThat(workload.next(null).id()).isEqualTo(8);
        assertThat(workload.keep(other, 5)).as("for the next, behind the job").containsExactly(0, 0, 0, 0, 0, 9);
    }

    @Test
    void aJobThatComesWhenItIsPausedIsHeldAndItsPlaceIsKeptUntilItIsGivenBack() throws Exception {
        workload.keep(sender, 5);
        workload.pause(true);

        assertThat(workload.fill(sender, run(8))).isFalse();

        assertThat(started).isZero();
        assertThat(held()).containsExactly(8L);
        workload.pause(false);
        nothingIsKnown();
        assertThat(workload.keep(other, 5)).isNull();
        workload.free(sender);
        assertThat(workload.keep(other, 5)).isNotNull();
    }

    @Test
    void aJobThatComesWhenItIsClosedIsHeldToBeGivenBack() {
        workload.keep(sender, 5);
        workload.close();

        assertThat(workload.fill(sender, run(8))).isFalse();

        assertThat(started).isZero();
        assertThat(held()).containsExactly(8L);
    }

    @Test
    void aJobThatComesTooLateRunsLikeAnyOtherAndLeavesTheNextOnesPlaceAlone() {
        workload.keep(sender, 5);
        now.addAndGet(HOLD);
        workload.keep(other, 5);

        assertThat(workload.fill(sender, run(8))).isTrue();

        assertThat(workload.next(null).id()).isEqualTo(8);
        assertThat(workload.keep(sender, 5)).as("the other's place").isNull();
        workload.free(other);
        assertThat(workload.keep(sender, 5)).isNotNull();
    }
}
