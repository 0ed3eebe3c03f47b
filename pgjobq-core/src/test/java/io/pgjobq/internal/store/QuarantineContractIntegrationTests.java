package io.pgjobq.internal.store;

import static io.pgjobq.internal.store.TestStore.ids;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

@PostgresTest
class QuarantineContractIntegrationTests {

    private final TestStore store;
    private final int node;

    QuarantineContractIntegrationTests(TestDatabase database) {
        store = TestStore.emptyOn(database);
        node = store.node();
    }

    @Test
    void whatTwoDeadNodesHeldIsClaimedApartOneAtATime() {
        List<Long> ids = store.sendAll(5, 4);
        assertThat(lose(3).quarantined()).isZero();
        assertThat(lose(3).quarantined()).isEqualTo(3);

        assertThat(ids(store.claim(node, 9))).as("the others pass them").containsExactly(ids.get(3));
        List<ClaimedJob> first = claimQuarantined(9);
        assertThat(ids(first)).containsExactly(ids.get(0));
        assertThat(first.get(0).quarantined()).isTrue();
        assertThat(first.get(0).lane()).isEqualTo(LanePosition.QUARANTINE);
        assertThat(first.get(0).priority()).isEqualTo(5);
        assertThat(first.get(0).attempt()).isEqualTo(2);
        assertThat(ids(claimQuarantined(9))).containsExactly(ids.get(1));
        assertThat(ids(claimQuarantined(9))).containsExactly(ids.get(2));
        assertThat(claimQuarantined(9)).isEmpty();
    }

    @Test
    void aQuarantinedJobIsTakenFirstAndCountsForTheLimit() {
        List<Long> ids = store.sendAll(5, 3);
        lose(1);
        lose(1);

        ClaimRequest request = store.request(node, 2, null, LanePosition.QUARANTINE, 5);

        assertThat(ids(store.jobs().claim(request).jobs())).isEqualTo(ids.subList(0, 2));
        assertThat(store.count("claim")).isEqualTo(2);
    }

    @Test
    void quarantinedJobsAreTakenInTheOrderOfTheirPlacesAndOnlyOfKnownTypes() {
        List<Long> late = store.sendAll(9, 1);
        List<Long> urgent = store.sendAll(1, 1);
        store.send(TestStore.job(0), "Unknown");
        lose(3);
        lose(3);
        String[] known = {""};

        assertThat(ids(store.jobs()
                        .claim(store.request(node, 9, known, LanePosition.QUARANTINE))
                        .jobs()))
                .isEqualTo(late);
        assertThat(ids(store.jobs()
                        .claim(store.request(node, 9, known, LanePosition.QUARANTINE))
                        .jobs()))
                .isEqualTo(urgent);
        assertThat(store.jobs()
                        .claim(store.request(node, 9, known, LanePosition.QUARANTINE))
                        .jobs())
                .isEmpty();
    }

    @Test
    void aQuarantinedJobsAttemptIsSettledAsAnyOther() {
        List<Long> ids = store.sendAll(5, 3);
        lose(3);
        lose(3);

        ClaimedJob done = claimQuarantined(1).get(0);
        assertThat(store.succeed(List.of(done), done.claim()).settled()).containsExactly(ids.get(0));
        ClaimedJob given = claimQuarantined(1).get(0);
        store.release(List.of(given), given.claim());
        ClaimedJob again = claimQuarantined(1).get(0);
        assertThat(again.id()).isEqualTo(given.id());
        assertThat(store.fail(again, 0L)).hasSize(1);
        assertThat(store.count("claim")).isEqualTo(1);
        assertThat(store.lanes().promote(9, null).ready())
                .as("still quarantined")
                .singleElement()
                .extracting(LanePosition::priority)
                .isEqualTo(LanePosition.QUARANTINE);
    }

    @Test
    void aSweepFindsQuarantinedJobsInTheirLaneAndOthersInTheirs() {
        List<Long> ids = store.sendAll(5, 3);
        lose(2);
        lose(2);

        assertThat(store.lanes().sweep(new int[] {store.queue()}, 0).ready())
                .containsExactly(
                        new LanePosition(store.queue(), 5, ids.get(2)),
                        new LanePosition(store.queue(), LanePosition.QUARANTINE, ids.get(0)));

        claimQuarantined(1);
        claimQuarantined(1);
        assertThat(store.lanes().sweep(new int[] {store.queue()}, 0).ready())
                .extracting(LanePosition::priority)
                .containsExactly(5);
    }

    @Test
    void aJobThatWasNeverRescuedTakesNoMoreRoom() {
        store.send();

        assertThat(store.value("select pg_column_size(j.*) from pgjobq.job j", Integer.class))
                .isEqualTo(store.value(
                        "select pg_column_size(r.*) from (select id, seq, enqueued_at, queue_id, lane, attempt,"
                                + " awaited, type, payload, attributes, errors from pgjobq.job offset 0) r",
                        Integer.class));
    }

    @Test
    void ofALargePayloadNothingComesWithTheClaimHoweverManyJobsItTakes() {
        int count = 40;
        byte[][] payloads = new byte[count][];
        String[] types = new String[count];
        Arrays.fill(types, "");
        for (int i = 0; i < count; i++) {
            payloads[i] = new byte[i % 2 == 0 ? 32_768 : 1024 * 1024];
        }
        store.database().alone(c -> store.jobs().sendAll(c, TestStore.job(5), types, payloads));

        List<ClaimedJob> jobs = store.claim(node, 500);

        List<Integer> sizes = new ArrayList<>();
        for (ClaimedJob job : jobs) {
            byte[] payload = job.payload();
            sizes.add(payload == null ? 0 : payload.length);
            byte[] large = payloads[sizes.size() - 1];
            assertThat(store.jobs().start(job.id(), job.seq(), job.claim()))
                    .isInstanceOfSatisfying(
                            StartedJob.Payload.class,
                            started -> assertThat(started.bytes()).hasSize(large.length));
        }
        assertThat(sizes).hasSize(count).contains(0, 32_768);
        assertThat(sizes.stream().mapToInt(Integer::intValue).max()).hasValue(32_768);
        assertThat(store.jobs().start(-1, -1, -1)).isInstanceOf(StartedJob.Gone.class);
    }

    /** A node takes so many jobs of the queue, quarantined jobs or not, and dies. */
    private NodeStore.Rescue lose(int jobs) {
        int dead = store.node();
        store.claim(dead, jobs);
        store.leave(dead);
        List<NodeStore.Rescue> rescues = store.nodes().rescue(9);
        long quarantined =
                rescues.stream().mapToLong(NodeStore.Rescue::quarantined).sum();
        return new NodeStore.Rescue(store.queue(), null, 0, quarantined, 0, new long[0]);
    }

    private List<ClaimedJob> claimQuarantined(int limit) {
        return store.jobs()
                .claim(store.request(node, limit, null, LanePosition.QUARANTINE))
                .jobs();
    }
}
