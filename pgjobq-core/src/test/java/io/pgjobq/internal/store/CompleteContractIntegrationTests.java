package io.pgjobq.internal.store;

import static io.pgjobq.internal.store.TestStore.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.TransactionStatus;

/** Completing a job in its handler's transaction. What must not wait for that transaction would fail here by lock_timeout. */
@PostgresTest
class CompleteContractIntegrationTests {

    private final TestStore store;
    private final int node;

    CompleteContractIntegrationTests(TestDatabase database) {
        store = TestStore.emptyOn(database);
        node = store.node();
    }

    @Test
    void theJobEndsWithTheTransaction() {
        long id = store.send(TestStore.awaitedJob(), "");
        ClaimedJob job = store.claimOne(node);

        store.transaction().executeWithoutResult(status -> {
            assertThat(store.settlements().canComplete()).isTrue();
            TransactionalEnd completion = store.settlements().complete(job, 1_000, TestStore.bytes("1"));
            assertThat(completion).isNotNull();
            assertThat(completion.awaited()).isTrue();
            assertThat(store.outcome(id).live()).as("before the commit").isTrue();
        });

        assertThat(store.count("job")).isZero();
        assertThat(store.outcome(id).state()).isEqualTo("succeeded");
        assertThat(store.outcome(id).result()).isEqualTo(TestStore.bytes("1"));
        assertThat(store.count("claim")).as("left to the settler").isEqualTo(1);
        assertThat(store.settlements().canComplete()).isFalse();
    }

    @Test
    void afterARollbackTheJobIsStillClaimed() {
        long id = store.send();
        ClaimedJob job = store.claimOne(node);

        store.transaction().executeWithoutResult(status -> {
            assertThat(store.settlements().complete(job, 1_000, null)).isNotNull();
            status.setRollbackOnly();
        });

        assertThat(store.outcome(id).live()).isTrue();
        assertThat(store.count("finished_job")).isZero();
        assertThat(store.claim(node, 9)).isEmpty();
        assertThat(store.fail(job, 0L)).hasSize(1);
    }

    @Test
    void aLostJobCannotBeCompleted() {
        store.send();
        ClaimedJob lost = store.claimOne(node);
        store.leave(node);
        store.nodes().rescue(9);
        store.claimOne(store.node());

        store.transaction()
                .executeWithoutResult(status -> assertThat(store.settlements().complete(lost, 1_000, null))
                        .isNull());

        assertThat(store.count("job")).isEqualTo(1);
    }

    @Test
    void aJobThatWasGivenBackOutOfItsBatchCannotBeCompleted() {
        store.sendAll(5, 2);
        List<ClaimedJob> jobs = store.claim(node, 2);
        store.release(jobs.subList(0, 1));

        store.transaction().executeWithoutResult(status -> {
            assertThat(store.settlements().complete(jobs.get(0), 1_000, null)).isNull();
            assertThat(store.settlements().complete(jobs.get(1), 1_000, null)).isNotNull();
        });

        assertThat(store.count("job")).isEqualTo(1);
    }

    @Test
    void theSettlerDoesNotWaitForAnOpenTransaction() {
        store.sendAll(5, 3);
        List<ClaimedJob> jobs = store.claim(node, 3);

        whileCompleting(jobs.get(0), status -> {
            SettledSuccesses settled =
                    store.succeed(jobs.subList(1, 2), jobs.get(1).claim());
            assertThat(settled.settled()).hasSize(1);
            assertThat(settled.removedClaims()).as("is put off").isEmpty();
            assertThat(store.fail(jobs.get(2), 0L)).hasSize(1);
            assertThat(store.settlements().removeClaims(new long[] {jobs.get(0).claim()}))
                    .isEmpty();
        });

        assertThat(store.settlements().removeClaims(new long[] {jobs.get(0).claim()}))
                .hasSize(1);
        assertThat(store.count("claim")).isZero();
    }

    @Test
    void givingBackSkipsTheClaimOfAnOpenTransaction() {
        store.sendAll(5, 3);
        List<ClaimedJob> jobs = store.claim(node, 2);
        ClaimedJob other = store.claimOne(node);

        whileCompleting(
                jobs.get(0),
                status -> assertThat(store.release(List.of(jobs.get(1), other), other.claim()))
                        .containsExactly(other.claim()));

        assertThat(store.release(jobs.subList(1, 2), jobs.get(1).claim()))
                .containsExactly(jobs.get(1).claim());
        assertThat(ids(store.claim(node, 9))).containsExactly(jobs.get(1).id(), other.id());
    }

    @Test
    void aRescueSkipsTheClaimOfAnOpenTransaction() {
        store.sendAll(5, 3);
        List<ClaimedJob> jobs = store.claim(node, 2);
        ClaimedJob other = store.claimOne(node);
        store.leave(node);

        whileCompleting(jobs.get(0), status -> {
            assertThat(store.nodes().rescue(9)).hasSize(1);
            assertThat(ids(store.claim(store.node(), 9))).containsExactly(other.id());
        });

        assertThat(store.nodes().rescue(9))
                .singleElement()
                .satisfies(rescue -> assertThat(rescue.rescued()).isEqualTo(1));
        assertThat(ids(store.claim(store.node(), 9)))
                .containsExactly(jobs.get(1).id());
        assertThat(store.outcome(jobs.get(0).id()).state()).isEqualTo("succeeded");
    }

    @Test
    void aTransactionThatStandsStillAfterCompletingItsJobIsEndedByTheServer() {
        int frozen = store.nodes().register(TestStore.TOKEN, "frozen", Duration.ofMillis(100), Duration.ofSeconds(1));
        store.send();
        ClaimedJob job = store.claimOne(frozen);

        assertThatThrownBy(() -> whileCompleting(job, status -> {
                    store.leave(frozen);
                    assertThat(store.nodes().rescue(9)).as("the claim is held").isEmpty();
                    await().atMost(Duration.ofSeconds(10))
                            .until(() -> !store.nodes().rescue(9).isEmpty());
                }))
                .isInstanceOf(Exception.class);

        assertThat(store.outcome(job.id()).live()).isTrue();
        assertThat(ids(store.claim(store.node(), 9))).containsExactly(job.id());
    }

    @Test
    void aShorterLimitOfTheApplicationStaysAsItIs() {
        store.send();
        ClaimedJob job = store.claimOne(node);

        store.transaction().executeWithoutResult(status -> {
            JdbcTemplate jdbc = new JdbcTemplate(store.dataSource());
            jdbc.execute("set local idle_in_transaction_session_timeout = '2s'");
            assertThat(store.settlements().complete(job, 1_000, null)).isNotNull();
            assertThat(jdbc.queryForObject("show idle_in_transaction_session_timeout", String.class))
                    .isEqualTo("2s");
        });
    }

    @Test
    void takingAndCancellingOtherJobsDoesNotWaitForAnOpenTransaction() {
        List<Long> ids = store.sendAll(5, 3);
        ClaimedJob job = store.claimOne(node);

        whileCompleting(job, status -> {
            assertThat(store.cancel(ids.get(1))).isTrue();
            assertThat(ids(store.claim(node, 9))).containsExactly(ids.get(2));
            assertThat(store.cancel(job.id())).isFalse();
        });
    }

    private void whileCompleting(ClaimedJob job, Consumer<TransactionStatus> meanwhile) {
        store.transaction().executeWithoutResult(status -> {
            assertThat(store.settlements().complete(job, 1_000, null)).isNotNull();
            meanwhile.accept(status);
        });
    }
}
