package io.pgjobq.internal.store;

import static io.pgjobq.internal.store.TestStore.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgjobq.internal.store.LaneStore.Neglected;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

@PostgresTest
class LaneContractIntegrationTests {

    private final TestStore store;
    private final int node;

    LaneContractIntegrationTests(TestDatabase database) {
        store = TestStore.emptyOn(database);
        node = store.node();
    }

    @Test
    void dueJobsEnterTheLineInTheOrderOfTheirTimes() {
        long third = waiting(-1);
        long first = waiting(-30);
        long second = waiting(-20);
        waiting(60);

        LaneStore.Promotion promotion = store.lanes().promote(9, null);

        List<ClaimedJob> jobs = store.claim(node, 9);
        assertThat(ids(jobs)).containsExactly(first, second, third);
        assertThat(promotion.ready())
                .containsExactly(new LanePosition(store.queue(), 5, jobs.get(0).seq()));
        assertThat(promotion.nextInMillis()).isBetween(50_000L, 60_000L);
        assertThat(store.count("job where lane < 11")).isEqualTo(3);
    }

    @Test
    void aDueJobGoesBehindThoseThatWereReadyBefore() {
        long due = waiting(-1);
        long ready = store.send();

        store.lanes().promote(9, null);

        assertThat(ids(store.claim(node, 9))).containsExactly(ready, due);
    }

    @Test
    void eachLaneIsTold() {
        store.send(new NewJob(TestStore.QUEUE, 1, 0L, null, null, false), "");
        store.send(new NewJob(TestStore.QUEUE, 8, null, Instant.now().plusSeconds(9), null, false), "");
        store.send(new NewJob(TestStore.QUEUE, 2, null, Instant.now().plusSeconds(9), null, false), "");
        store.server()
                .execute("update pgjobq.job set " + TestStore.waitsUntil("clock_timestamp()") + " where lane = 11");

        assertThat(store.lanes().promote(9, null).ready())
                .extracting(LanePosition::priority)
                .containsExactlyInAnyOrder(2, 8);
    }

    @Test
    void theRestOfTooManyIsDueAtOnce() {
        waiting(-3);
        waiting(-2);
        waiting(-1);

        assertThat(store.lanes().promote(2, null).nextInMillis()).isZero();
        assertThat(store.count("job where lane = 11")).isEqualTo(1);
        assertThat(store.lanes().promote(2, null).nextInMillis()).isNull();
    }

    @Test
    void aCallPutsNoMoreInLineThanAskedForHoweverManyQueuesThereAre() {
        for (String name : List.of("one", "two", "three")) {
            int other = store.queues().create(name);
            for (int i = 0; i < 3; i++) {
                long id = waiting(-10 - i);
                store.server().execute("update pgjobq.job set queue_id = " + other + " where id = " + id);
            }
        }
        waiting(-1);

        assertThat(store.lanes().promote(4, null).ready())
                .as("a share for each")
                .hasSize(4);
        assertThat(store.count("job where lane < 11")).isEqualTo(4);
        assertThat(store.lanes().promote(2, null).nextInMillis()).isZero();
        assertThat(store.count("job where lane < 11")).isEqualTo(6);
        while (store.lanes().promote(2, null).nextInMillis() != null) {
            assertThat(store.count("job where lane < 11")).isLessThan(10);
        }
        assertThat(store.count("job where lane < 11")).isEqualTo(10);
    }

    @Test
    void whereMoreQueuesAreDueThanJobsMayBePutInLineTheLatestComeFirst() {
        waiting(-1);
        int other = store.queues().create("other");
        long late = waiting(-10);
        store.server().execute("update pgjobq.job set queue_id = " + other + " where id = " + late);

        assertThat(store.lanes().promote(1, null).ready())
                .extracting(LanePosition::queue)
                .containsExactly(other);
        assertThat(store.lanes().promote(1, null).ready())
                .extracting(LanePosition::queue)
                .containsExactly(store.queue());
    }

    @Test
    void withoutWaitingJobsThereIsNothingToComeBackFor() {
        store.send();

        LaneStore.Promotion promotion = store.lanes().promote(9, null);

        assertThat(promotion.ready()).isEmpty();
        assertThat(promotion.nextInMillis()).isNull();
    }

    @Test
    void aLookThatBeginsLaterSeesOnlyWhatBecameDueSince() {
        waiting(-30);
        OffsetDateTime until =
                Objects.requireNonNull(store.lanes().promote(9, null).until());
        waiting(-20);
        long due = waiting(0);

        LaneStore.Promotion promotion = store.lanes().promote(9, until.minusSeconds(10));

        assertThat(promotion.ready()).hasSize(1);
        assertThat(promotion.nextInMillis()).isNull();
        assertThat(promotion.until()).isAfter(until);
        assertThat(store.value("select id from pgjobq.job where lane < 11 order by seq desc limit 1", Long.class))
                .isEqualTo(due);
        assertThat(store.count("job where lane = 11")).isEqualTo(1);
    }

    @Test
    void aLookThatLeavesDueJobsSaysThatNothingIsDoneWith() throws Exception {
        waiting(-2);
        waiting(-1);
        assertThat(store.lanes().promote(1, null).until()).isNull();
        try (Connection connection = store.server().open();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("select from pgjobq.job where lane = 11 for update");
            assertThat(store.lanes().promote(9, null).until()).isNull();
            connection.rollback();
        }
        waiting(60);
        assertThat(store.lanes().promote(9, null).until()).isNotNull();
    }

    @Test
    void whoeverComesWhileAnotherPromotesComesBackSoon() throws Exception {
        waiting(-1);
        try (Connection connection = store.server().open();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("select * from pgjobq.promote(0, null)");

            assertThat(store.lanes().promote(9, null)).isEqualTo(new LaneStore.Promotion(List.of(), 100L, null));
        }
    }

    @Test
    void aJobThatSomebodyElseChangesIsSkipped() throws Exception {
        long locked = waiting(-2);
        long free = waiting(-1);
        try (Connection connection = store.server().open();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("select from pgjobq.job where id = " + locked + " for update");

            assertThat(store.lanes().promote(9, null).ready()).hasSize(1);
        }
        assertThat(ids(store.claim(node, 9))).containsExactly(free);
    }

    @Test
    void whoGetsNothingButWhatSomebodyHoldsComesBackInAWhile() throws Exception {
        waiting(-2);
        long free = waiting(-1);
        try (Connection connection = store.server().open();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("select from pgjobq.job where id <> " + free + " for update");

            assertThat(store.lanes().promote(9, null).nextInMillis()).isZero();
            assertThat(store.lanes().promote(9, null)).isEqualTo(new LaneStore.Promotion(List.of(), 100L, null));
            connection.rollback();
        }
        assertThat(store.lanes().promote(9, null).ready()).hasSize(1);
    }

    @Test
    void aJobThatWouldNeverBeDueIsRefusedSinceItWouldKeepAllOthersWaiting() {
        assertThatThrownBy(() -> store.server()
                        .execute("insert into pgjobq.job (id, lane, seq, queue_id, payload) values (-1, 11, "
                                + "9223372036854775807, " + store.queue() + ", '')"))
                .hasMessageContaining("job_place");
    }

    @Test
    void aSweepFindsTheLowestFreePlaceOfEachLane() {
        store.sendAll(5, 3);
        List<Long> urgent = store.sendAll(0, 2);
        int other = store.queues().create("other");
        assertThat(store.claim(node, 3)).hasSize(3);

        assertThat(store.lanes().sweep(new int[] {other, store.queue()}, 0).ready())
                .containsExactly(new LanePosition(store.queue(), 5, urgent.get(0) - 2));
        store.claim(node, 9);
        assertThat(store.lanes().sweep(new int[] {other, store.queue()}, 0).ready())
                .isEmpty();
    }

    @Test
    void aSweepFromASeqOnFindsWhatIsFreeFromThere() {
        List<Long> ids = store.sendAll(5, 3);

        assertThat(store.lanes().sweep(new int[] {store.queue()}, ids.get(1)).ready())
                .containsExactly(new LanePosition(store.queue(), 5, ids.get(1)));
        assertThat(store.claim(node, 3)).hasSize(3);
        assertThat(store.lanes().sweep(new int[] {store.queue()}, ids.get(1)).ready())
                .isEmpty();
    }

    @Test
    void aSweepTellsOfWaitingJobsAndOfClaimsOfDeadNodes() {
        assertThat(store.lanes().sweep(new int[] {store.queue(), 9_000}, 0))
                .isEqualTo(new Neglected(List.of(), null, false));

        waiting(-1);
        Neglected due = store.lanes().sweep(new int[0], 0);
        assertThat(due.dueInMillis()).isBetween(-60_000L, -1_000L);
        assertThat(due).isEqualTo(new Neglected(List.of(), due.dueInMillis(), false));
        store.send();
        store.claim(node, 1);
        assertThat(store.lanes().sweep(new int[0], 0).abandoned()).isFalse();
        store.leave(node);
        assertThat(store.lanes().sweep(new int[0], 0).abandoned()).isTrue();
    }

    @Test
    void aSweepFindsAStragglerThatWasCommittedBelowTheHint() throws Exception {
        try (Connection slow = store.server().open()) {
            slow.setAutoCommit(false);
            InsertedJobs early = store.jobs().send(slow, TestStore.job(5), "", TestStore.bytes("{}"), null);
            assertThat(early).isNotNull();
            long straggler = early.ids()[0];
            store.send();
            Claimed claimed = store.jobs().claim(store.request(node, 9, null, 5));
            long hint = claimed.emptied().get(0).seq();
            slow.commit();

            assertThat(hint).isGreaterThan(straggler);
            assertThat(store.jobs().claim(store.requestFrom(node, 9, 5, hint)).jobs())
                    .isEmpty();
            assertThat(store.lanes().sweep(new int[] {store.queue()}, 0).ready())
                    .containsExactly(new LanePosition(store.queue(), 5, straggler));
            assertThat(ids(store.jobs()
                            .claim(store.requestFrom(node, 9, 5, straggler))
                            .jobs()))
                    .containsExactly(straggler);
        }
    }

    @Test
    void thePositionGrowsWithEachJobAndOnlyThen() {
        long before = store.lanes().position();
        assertThat(store.lanes().position()).isEqualTo(before);
        assertThat(store.send()).isGreaterThan(before);
        assertThat(store.lanes().position()).isGreaterThan(before);
        assertThat(store.heartbeat(node).drawn())
                .as("as heartbeats show it too")
                .isEqualTo(store.lanes().position());
    }

    @Test
    void typesThatNobodyKnowsAreSeenAtTheHeadOfTheQueue() {
        store.send(TestStore.job(5), "Known");
        long lost = store.send(TestStore.job(5), "Lost");
        store.send(TestStore.job(3), "Lost");
        store.send();
        store.send(TestStore.job(5), "Lost");

        assertThat(store.lanes().unknownTypes(new LanePosition(store.queue(), 5, 0), new String[] {"Known", ""}))
                .containsExactly(new LaneStore.Unknown("Lost", 2, lost));
        assertThat(store.lanes().unknownTypes(new LanePosition(store.queue(), 5, lost + 1), new String[] {"Known", ""}))
                .extracting(LaneStore.Unknown::jobs)
                .containsExactly(1L);
    }

    @Test
    void aHandlerForTheRestKnowsAllButLaterVersionsOfWhatOthersHandle() {
        long later = store.send(TestStore.job(5), "Known@3");
        List<Long> known = List.of(
                store.send(TestStore.job(5), "Known"),
                store.send(TestStore.job(5), "Known@2"),
                store.send(TestStore.job(5), "Other@7"),
                store.send(TestStore.job(5), "Known@1"),
                store.send(TestStore.job(5), "Known@x"),
                store.send(TestStore.job(5), "known"),
                store.send());
        String[] rest = {null, "Known", "Known@2"};

        assertThat(store.lanes().unknownTypes(new LanePosition(store.queue(), 5, 0), rest))
                .containsExactly(new LaneStore.Unknown("Known@3", 1, later));
        ClaimRequest r = store.requestFrom(node, 9, 5, 0);
        Claimed claimed = store.jobs()
                .claim(new ClaimRequest(
                        r.queue(), r.node(), r.claim(), r.limit(), r.limit(), r.lanes(), r.from(), r.last(), r.told(),
                        rest));
        assertThat(ids(claimed.jobs())).containsExactlyElementsOf(known);
    }

    private long waiting(int seconds) {
        long id = store.send(TestStore.delayedJob(3_600_000), "");
        store.server()
                .execute("update pgjobq.job set "
                        + TestStore.waitsUntil("timestamptz '" + Instant.now().plus(seconds, ChronoUnit.SECONDS) + "'")
                        + " where id = " + id);
        return id;
    }
}
