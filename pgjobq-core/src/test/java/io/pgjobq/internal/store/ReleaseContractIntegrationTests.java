package io.pgjobq.internal.store;

import static io.pgjobq.internal.store.TestStore.ids;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

@PostgresTest
class ReleaseContractIntegrationTests {

    private final TestStore store;
    private final int node;

    ReleaseContractIntegrationTests(TestDatabase database) {
        store = TestStore.emptyOn(database);
        node = store.node();
    }

    @Test
    void aWholeClaimIsGivenBackWithTheJobsInTheirPlacesAndNoAttemptCharged() {
        store.sendAll(5, 3);
        List<ClaimedJob> jobs = store.claim(node, 2);
        long claim = jobs.get(0).claim();

        assertThat(store.release(jobs, claim)).containsExactly(claim);

        assertThat(store.count("claim")).isZero();
        assertThat(store.claim(store.node(), 9))
                .hasSize(3)
                .allSatisfy(job -> assertThat(job.attempt()).isZero())
                .isSortedAccordingTo(Comparator.comparing(ClaimedJob::seq))
                .first()
                .satisfies(job -> assertThat(job.seq()).isEqualTo(jobs.get(0).seq()));
    }

    @Test
    void partOfAClaimIsGivenBackAndTheRestStaysClaimed() {
        store.sendAll(5, 4);
        List<ClaimedJob> jobs = store.claim(node, 3);

        assertThat(store.release(List.of(jobs.get(0), jobs.get(2))))
                .containsExactly(jobs.get(0).claim());

        List<ClaimedJob> again = store.claim(store.node(), 2);
        assertThat(ids(again)).containsExactly(jobs.get(0).id(), jobs.get(2).id());
        assertThat(store.succeed(jobs.subList(1, 2)).settled()).hasSize(1);
    }

    @Test
    void whatIsGivenBackOutOfTwoClaimsLeavesEachItsOwn() {
        store.sendAll(5, 4);
        List<ClaimedJob> first = store.claim(node, 2);
        List<ClaimedJob> second = store.claim(node, 2);

        assertThat(store.release(List.of(first.get(1), second.get(0))))
                .containsExactlyInAnyOrder(first.get(0).claim(), second.get(0).claim());

        assertThat(ids(store.claim(node, 9)))
                .containsExactly(first.get(1).id(), second.get(0).id());
    }

    @Test
    void givingBackTwiceDoesNotFreeWhatAnotherHasTakenMeanwhile() {
        store.sendAll(5, 2);
        List<ClaimedJob> jobs = store.claim(node, 2);
        store.release(jobs.subList(0, 1));
        int other = store.node();
        ClaimedJob again = store.claimOne(other);

        store.release(jobs.subList(0, 1));

        assertThat(store.claim(node, 9)).isEmpty();
        assertThat(store.succeed(List.of(again)).settled()).hasSize(1);
    }

    @Test
    void aClaimThatIsGoneIsSaidToBeGone() {
        store.send();
        ClaimedJob job = store.claimOne(node);
        store.release(List.of(job), job.claim());

        assertThat(store.release(List.of(job), job.claim())).containsExactly(job.claim());
    }

    @Test
    void claimsWhoseAnswersWereLostAreGivenBackWhole() {
        store.sendAll(5, 3);
        List<ClaimedJob> lost = store.claim(node, 3);
        long claim = lost.get(0).claim();
        assertThat(store.held(node))
                .isEqualTo(
                        lost.stream().map(job -> new HeldJob(claim, job.seq())).toList());

        store.settlements().releaseUnknown(List.of(), new long[] {claim});

        assertThat(store.held(node)).isEmpty();
        assertThat(ids(store.claim(node, 9))).isEqualTo(ids(lost));
    }

    @Test
    void jobsWhoseEndsWereForgottenAreGivenBackAndTheOthersAreHeld() {
        store.sendAll(5, 3);
        List<ClaimedJob> held = store.claim(node, 3);
        ClaimedJob forgotten = held.get(1);

        store.settlements().releaseUnknown(List.of(new HeldJob(forgotten.claim(), forgotten.seq())), new long[0]);

        assertThat(ids(store.claim(node, 9))).containsExactly(forgotten.id());
        assertThat(store.succeed(List.of(held.get(0), held.get(2))).settled()).hasSize(2);
    }

    @Test
    void aNodeIsSaidToHoldJobsThatHaveNotEndedAndClaimsThatHoldNone() {
        store.sendAll(5, 3);
        List<ClaimedJob> held = store.claim(node, 2);
        ClaimedJob alone = store.claimOne(node);
        store.succeed(List.of(held.get(0), alone));

        assertThat(store.held(node))
                .containsExactlyInAnyOrder(
                        new HeldJob(held.get(1).claim(), held.get(1).seq()), new HeldJob(alone.claim(), null));
    }
}
