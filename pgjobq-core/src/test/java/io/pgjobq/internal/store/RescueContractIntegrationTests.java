package io.pgjobq.internal.store;

import static io.pgjobq.internal.store.TestStore.ids;
import static io.pgjobq.internal.store.TestStore.list;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.HistoryRetention;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

@PostgresTest
@AlsoThroughPgBouncer
class RescueContractIntegrationTests {

    private final TestStore store;
    private final int dead;

    RescueContractIntegrationTests(TestDatabase database) {
        store = TestStore.emptyOn(database);
        dead = store.node();
    }

    @Test
    void whatADeadNodeHeldIsChargedAnAttemptAndKeepsItsPlace() {
        store.sendAll(5, 4);
        List<ClaimedJob> held = store.claim(dead, 3);
        store.succeed(held.subList(0, 1));
        store.leave(dead);

        assertThat(store.nodes().rescue(9)).singleElement().satisfies(rescue -> {
            assertThat(rescue.ready())
                    .isEqualTo(new LanePosition(store.queue(), 5, held.get(1).seq()));
            assertThat(rescue.rescued()).isEqualTo(2);
            assertThat(rescue.died()).isZero();
            assertThat(rescue.awaited()).isEmpty();
        });

        List<ClaimedJob> again = store.claim(store.node(), 9);
        assertThat(again).extracting(ClaimedJob::attempt).containsExactly(1, 1, 0);
        assertThat(ids(again).subList(0, 2)).isEqualTo(ids(held).subList(1, 3));
        assertThat(store.value(
                        "select errors #>> '{0,type}' from pgjobq.job where id = "
                                + again.get(0).id(),
                        String.class))
                .isEqualTo("lost");
    }

    @Test
    void whatLivingNodesHoldIsLeftAlone() {
        store.send();
        store.claimOne(dead);

        assertThat(store.nodes().rescue(9)).isEmpty();
        assertThat(store.count("claim")).isEqualTo(1);
    }

    @Test
    void aJobWhoseAttemptsAreSpentDies() {
        store.queues().settings(store.queue(), 1, HistoryRetention.DEFAULT);
        long id = store.send(TestStore.awaitedJob(), "");
        store.claimOne(dead);
        store.leave(dead);

        assertThat(store.nodes().rescue(9)).singleElement().satisfies(rescue -> {
            assertThat(rescue.ready()).isNull();
            assertThat(rescue.rescued()).isZero();
            assertThat(rescue.died()).isEqualTo(1);
            assertThat(list(rescue.awaited())).containsExactly(id);
        });

        assertThat(store.count("job")).isZero();
        assertThat(store.deadJobs().find(id))
                .hasValueSatisfying(
                        job -> assertThat(job.lastError().message()).isEqualTo("the node that held the job is gone"));
    }

    @Test
    void aJobThatWaitsForItsRetryIsNotChargedAgain() {
        store.send();
        store.fail(store.claimOne(dead), 60_000L);
        store.leave(dead);

        assertThat(store.nodes().rescue(9))
                .singleElement()
                .satisfies(rescue -> assertThat(rescue.rescued()).isZero());
        assertThat(store.count("job where attempt = 1 and lane = 11")).isEqualTo(1);
        assertThat(store.count("claim")).isZero();
    }

    @Test
    void aJobOfAnotherClaimIsNeverTouched() {
        store.sendAll(5, 2);
        ClaimedJob given = store.claim(dead, 2).get(0);
        store.release(List.of(given));
        int living = store.node();
        ClaimedJob taken = store.claimOne(living);
        assertThat(taken.id()).isEqualTo(given.id());
        store.leave(dead);

        store.nodes().rescue(9);

        assertThat(store.succeed(List.of(taken)).settled()).hasSize(1);
        assertThat(store.count("job where attempt = 1")).isEqualTo(1);
    }

    @Test
    void onlySoManyClaimsAreRescuedAtOnceTheOldestFirst() {
        List<Long> ids = store.sendAll(5, 3);
        ids.forEach(id -> store.claimOne(dead));
        store.leave(dead);

        assertThat(store.nodes().rescue(2)).hasSize(2);
        assertThat(ids(store.claim(store.node(), 9))).isEqualTo(ids.subList(0, 2));
        assertThat(store.nodes().rescue(2)).hasSize(1);
        assertThat(store.nodes().rescue(2)).isEmpty();
    }

    @Test
    void thereIsOneRescuerAtATimeAndTheOthersDoNotWait() throws Exception {
        store.send();
        store.claimOne(dead);
        store.leave(dead);
        try (Connection connection = store.server().open();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("select * from pgjobq.rescue(0)");

            assertThat(store.nodes().rescue(9)).isEmpty();
            connection.rollback();
        }
        assertThat(store.nodes().rescue(9)).hasSize(1);
    }
}
