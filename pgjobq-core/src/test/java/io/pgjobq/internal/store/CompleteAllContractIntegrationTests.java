package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.HistoryRetention;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

/** Completing the jobs of a batch in its handler's transaction. What must not wait would fail here by lock_timeout. */
@PostgresTest
class CompleteAllContractIntegrationTests {

    private final TestStore store;
    private final int node;

    CompleteAllContractIntegrationTests(TestDatabase database) {
        store = TestStore.emptyOn(database);
        node = store.node();
    }

    private TransactionalEnds completeAll(List<ClaimedJob> jobs) {
        TransactionalEnds ends =
                store.transaction().execute(status -> store.settlements().completeAll(TestStore.succeeded(jobs)));
        assertThat(ends).isNotNull();
        return ends;
    }

    @Test
    void allEndWithTheTransactionWhicheverClaimTheyAreInAndWhateverTheirOrder() {
        store.queues().settings(store.queue(), 3, new HistoryRetention(Duration.ofDays(1), Duration.ofDays(1)));
        store.sendAll(5, 4);
        long awaited = store.send(TestStore.awaitedJob(), "");
        List<ClaimedJob> jobs = new ArrayList<>(store.claim(node, 2));
        jobs.addAll(0, store.claim(node, 9));

        TransactionalEnds ends = completeAll(jobs);

        assertThat(ends.held()).hasSize(5);
        assertThat(ends.awaited()).containsExactly(awaited);
        assertThat(store.count("job")).isZero();
        assertThat(store.count("claim")).as("left to the settler").isEqualTo(2);
        assertThat(store.count("finished_job where state = 'succeeded' and finished_at - started_at = interval '1 ms'"))
                .isEqualTo(5);
    }

    @Test
    void noneEndsIfOneWasTakenAway() {
        store.sendAll(5, 4);
        ClaimedJob lost = store.claimOne(node);
        store.release(List.of(lost), lost.claim());
        List<ClaimedJob> jobs = new ArrayList<>(store.claim(node, 9));
        jobs.removeIf(job -> job.id() == lost.id());
        List<Long> held = TestStore.ids(jobs);
        jobs.add(lost);

        assertThat(completeAll(jobs).held())
                .containsExactlyInAnyOrder(held.stream().mapToLong(id -> id).toArray());
        assertThat(store.count("job")).isEqualTo(4);
    }

    @Test
    void aJobWhoseRowIsGoneIsMissing() {
        store.sendAll(5, 2);
        List<ClaimedJob> jobs = store.claim(node, 2);
        store.succeed(jobs.subList(0, 1));

        store.transaction().executeWithoutResult(status -> {
            assertThat(store.settlements()
                            .completeAll(TestStore.succeeded(jobs))
                            .held())
                    .containsExactly(jobs.get(1).id());
            status.setRollbackOnly();
        });

        assertThat(store.count("job")).isEqualTo(1);
    }

    @Test
    void nobodyTakesTheJobsAwayBeforeTheCommit() {
        store.sendAll(5, 2);
        List<ClaimedJob> jobs = store.claim(node, 2);
        store.leave(node);

        store.transaction().executeWithoutResult(status -> {
            assertThat(store.settlements()
                            .completeAll(TestStore.succeeded(jobs))
                            .held())
                    .hasSize(2);
            assertThat(store.nodes().rescue(9)).isEmpty();
            assertThat(store.release(jobs, jobs.get(0).claim())).isEmpty();
        });

        assertThat(store.count("job")).isZero();
    }

    @Test
    void aTransactionThatStandsStillAfterThatIsEndedByTheServerUnlessTheApplicationIsLessPatient() {
        store.sendAll(5, 2);
        List<ClaimedJob> jobs = store.claim(node, 2);
        assertThat(limitAfter("0", jobs)).isNotEqualTo("0");
        assertThat(limitAfter("1s", jobs)).isEqualTo("1s");
    }

    private String limitAfter(String limit, List<ClaimedJob> jobs) {
        String then = store.transaction().execute(status -> {
            JdbcTemplate jdbc = new JdbcTemplate(store.dataSource());
            jdbc.execute("set local idle_in_transaction_session_timeout = '" + limit + "'");
            store.settlements().completeAll(TestStore.succeeded(jobs));
            status.setRollbackOnly();
            return jdbc.queryForObject("show idle_in_transaction_session_timeout", String.class);
        });
        return String.valueOf(then);
    }
}
