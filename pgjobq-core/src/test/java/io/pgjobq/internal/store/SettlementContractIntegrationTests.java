package io.pgjobq.internal.store;

import static io.pgjobq.internal.store.TestStore.ids;
import static io.pgjobq.internal.store.TestStore.list;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.pgjobq.HistoryRetention;
import io.pgjobq.internal.store.Settlement.Cancelled;
import io.pgjobq.internal.store.Settlement.Failed;
import io.pgjobq.internal.store.Settlement.Failure;
import io.pgjobq.internal.store.Settlement.Snoozed;
import io.pgjobq.internal.store.Settlement.Succeeded;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@PostgresTest
@AlsoThroughPgBouncer
class SettlementContractIntegrationTests {

    private static final HistoryRetention NONE = new HistoryRetention(Duration.ZERO, Duration.ZERO);

    private final TestStore store;
    private final int node;

    SettlementContractIntegrationTests(TestDatabase database) {
        store = TestStore.emptyOn(database);
        node = store.node();
    }

    @Test
    void aSuccessDeletesTheJobAndLeavesHistory() {
        long id = store.send();
        ClaimedJob job = store.claimOne(node);

        SettledSuccesses settled = store.settlements()
                .succeeded(List.of(new Succeeded(job, 2_000_000, TestStore.bytes("\"r\""))), new long[] {job.claim()});

        assertThat(list(settled.settled())).containsExactly(id);
        assertThat(settled.awaited()).isEmpty();
        assertThat(list(settled.removedClaims())).containsExactly(job.claim());
        assertThat(store.count("job")).isZero();
        assertThat(store.count("claim")).isZero();
        StoredOutcome outcome = store.outcome(id);
        assertThat(outcome.state()).isEqualTo("succeeded");
        assertThat(outcome.attempts()).isEqualTo(1);
        assertThat(outcome.result()).isEqualTo(TestStore.bytes("\"r\""));
        assertThat(outcome.live()).isFalse();
        assertThat(outcome.finishedAt()).isCloseTo(settled.at(), within(1, ChronoUnit.MILLIS));
        assertThat(Duration.between(outcome.startedAt(), outcome.finishedAt())).isEqualTo(Duration.ofSeconds(2));
        assertThat(store.value("select node_id from pgjobq.finished_job where id = " + id, Integer.class))
                .isEqualTo(node);
    }

    @Test
    void aSuccessLeavesNothingWhereNoHistoryIsKept() {
        store.queues().settings(store.queue(), 10, NONE);
        store.send();

        store.succeed(store.claim(node, 1));

        assertThat(store.count("job")).isZero();
        assertThat(store.count("finished_job")).isZero();
    }

    @Test
    void whatSomebodyWaitsForIsKeptAndToldEvenWithoutHistory() {
        store.queues().settings(store.queue(), 10, NONE);
        long sentAwaited = store.send(TestStore.awaitedJob(), "");
        long markedLater = store.send();
        store.send();
        assertThat(store.finished().await(new long[] {sentAwaited, markedLater, -1}))
                .containsExactlyInAnyOrder(sentAwaited, markedLater);

        SettledSuccesses settled = store.succeed(store.claim(node, 9));

        assertThat(settled.settled()).hasSize(3);
        assertThat(list(settled.awaited())).containsExactlyInAnyOrder(sentAwaited, markedLater);
        assertThat(store.count("finished_job")).isEqualTo(2);
        assertThat(store.finished().await(new long[] {sentAwaited})).isEmpty();
    }

    @Test
    void nothingIsSettledOnceTheClaimIsGone() {
        store.send();
        store.send();
        List<ClaimedJob> lost = store.claim(node, 2);
        store.leave(node);
        store.nodes().rescue(9);

        assertThat(store.succeed(List.of(lost.get(0))).settled()).isEmpty();
        assertThat(store.fail(lost.get(1), 0L)).isEmpty();
        assertThat(store.fail(lost.get(1), null)).isEmpty();
        assertThat(store.count("job where lane < 11 and attempt = 1")).isEqualTo(2);
        assertThat(store.count("finished_job")).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFencedNodeCannotSettleWhatAnotherHasTaken(boolean history) {
        keep(history);
        store.send();
        ClaimedJob lost = store.claimOne(node);
        store.leave(node);
        store.nodes().rescue(9);
        ClaimedJob again = store.claimOne(store.node());
        assertThat(again.seq()).isEqualTo(lost.seq());

        assertThat(store.succeed(List.of(lost)).settled()).isEmpty();
        assertThat(list(store.succeed(List.of(again)).settled())).containsExactly(again.id());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLostJobDoesNotKeepTheOthersOfTheBatch(boolean history) {
        keep(history);
        store.sendAll(5, 2);
        ClaimedJob lost = store.claimOne(node);
        int other = store.node();
        ClaimedJob mine = store.claimOne(other);
        store.leave(node);
        store.nodes().rescue(9);

        assertThat(list(store.succeed(List.of(lost, mine)).settled())).containsExactly(mine.id());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aJobThatNoLongerHasTheSeqOfItsClaimIsNotSettled(boolean history) {
        keep(history);
        store.sendAll(5, 3);
        List<ClaimedJob> jobs = store.claim(node, 3);
        // Nobody does so as long as the claim is there: it is the last line of defence.
        long first = jobs.get(0).seq();
        long second = jobs.get(1).seq();
        store.server()
                .execute("update pgjobq.job set seq = " + (first + second) + " - seq where seq in (" + first + ", "
                        + second + ")");

        assertThat(list(store.succeed(jobs).settled()))
                .as("each of the others has a seq of the batch, but not its own")
                .containsExactly(jobs.get(2).id());
        assertThat(store.count("job")).isEqualTo(2);
    }

    /** A job by itself ends by statements of its own. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aJobByItselfAndOneOfABatchLeaveTheSame(boolean history) {
        keep(history);
        for (int i = 0; i < 3; i++) {
            store.send(new NewJob(TestStore.QUEUE, 3, null, null, "{\"a\": \"b\"}", true), "Welcome");
        }
        // What a job of a long life has.
        store.server()
                .execute("update pgjobq.job set attempt = 4, snoozes = 2, ready_at = '2026-01-02', unique_key = 'k',"
                        + " expires_at = clock_timestamp() + interval '1 day', errors = '[{}]'");
        store.server()
                .execute("insert into pgjobq.job_deadline (job_id, look_at) select id, expires_at from pgjobq.job");
        List<Succeeded> ends = store.claim(node, 3).stream()
                .map(job -> new Succeeded(job, 1_000, TestStore.bytes("\"r\"")))
                .toList();

        SettledSuccesses alone = store.settlements().succeeded(ends.subList(0, 1), new long[0]);
        SettledSuccesses together = store.settlements()
                .succeeded(ends.subList(1, 3), new long[] {ends.get(0).job().claim()});

        assertThat(alone.settled()).isEqualTo(alone.awaited()).hasSize(1);
        assertThat(together.settled()).isEqualTo(together.awaited()).hasSize(2);
        assertThat(store.count("job_deadline")).isZero();
        assertThat(store.count("claim")).isZero();
        assertThat(store.value("select count(*) from pgjobq.finished_job", Long.class))
                .isEqualTo(3);
        assertThat(store.value(
                        "select count(distinct to_jsonb(f) - array['id', 'enqueued_at', 'started_at', 'finished_at']"
                                + " || jsonb_build_object('ran', finished_at - started_at)) from pgjobq.finished_job f",
                        Long.class))
                .isEqualTo(1);
    }

    @Test
    void whatAJobLeavesWhoseQueueIsGoneIsNothing() {
        long id = store.send(TestStore.awaitedJob(), "");
        ClaimedJob job = store.claimOne(node);
        store.server().execute("delete from pgjobq.queue");

        assertThat(list(store.succeed(List.of(job), job.claim()).settled())).containsExactly(id);
        assertThat(store.count("finished_job")).isZero();
    }

    /** With and without history, jobs are deleted by different statements. */
    private void keep(boolean history) {
        if (!history) {
            store.queues().settings(store.queue(), 10, NONE);
        }
    }

    @Test
    void settlingTwiceChangesNothing() {
        store.sendAll(5, 2);
        List<ClaimedJob> jobs = store.claim(node, 2);
        store.succeed(jobs.subList(0, 1));
        store.fail(jobs.get(1), 0L);

        assertThat(store.succeed(jobs.subList(0, 1)).settled()).isEmpty();
        assertThat(store.fail(jobs.get(1), 0L)).isEmpty();
        assertThat(store.count("job where attempt = 1")).isEqualTo(1);
    }

    @Test
    void aFailedJobWaitsForItsBackOffWithTheErrorRecorded() {
        long id = store.send();
        ClaimedJob job = store.claimOne(node);

        List<SettledFailure> settled = store.fail(job, 60_000L);

        assertThat(settled).hasSize(1);
        assertThat(settled.get(0).id()).isEqualTo(id);
        assertThat(settled.get(0).ended()).isFalse();
        assertThat(store.count("job_view where attempt = 1 and run_at between"
                        + " clock_timestamp() + interval '50 seconds' and clock_timestamp() + interval '61 seconds'"))
                .isEqualTo(1);
        assertThat(store.value("select errors #>> '{0,message}' from pgjobq.job", String.class))
                .isEqualTo("a message");
        assertThat(store.claim(node, 9)).isEmpty();
    }

    @Test
    void aSnoozedJobWaitsWithoutBeingChargedAndItIsCounted() {
        long id = store.send();
        for (int i = 0; i < 2; i++) {
            ClaimedJob job = store.claimOne(node);
            List<SettledFailure> settled = store.settlements().failed(List.of(new Snoozed(job, 1, 0)));
            assertThat(settled).extracting(SettledFailure::id).containsExactly(id);
            assertThat(settled.get(0).ended()).isFalse();
            assertThat(store.count("job_view where state = 'retrying' and attempt = 0 and errors is null and snoozes = "
                            + (i + 1)))
                    .isEqualTo(1);
            store.lanes().promote(9, null);
        }
        ClaimedJob job = store.claimOne(node);
        assertThat(job.attempt()).isZero();
        store.fail(job, null);
        assertThat(store.count("finished_job_view where state = 'dead' and attempts = 1 and snoozes = 2"))
                .isEqualTo(1);
    }

    @Test
    void aJobThatIsCancelledWhileItRunsKeepsWhatWasSaidAndEndsBesideOthers() {
        store.sendAll(5, 3);
        List<ClaimedJob> jobs = store.claim(node, 3);
        Failure reason = new Failure("cancelled", "by ops", "");

        List<SettledFailure> settled = store.settlements()
                .failed(List.of(
                        new Cancelled(jobs.get(2), 1_000, reason),
                        new Failed(jobs.get(1), 1, new Failure("t", "", ""), null),
                        new Cancelled(jobs.get(0), 1_000, reason)));

        assertThat(settled).hasSize(3).allMatch(SettledFailure::ended);
        assertThat(
                        store.count(
                                "finished_job_view where state = 'cancelled' and attempts = 1"
                                        + " and started_at < finished_at and payload is not null and errors #>> '{0,message}' = 'by ops'"))
                .isEqualTo(2);
        assertThat(store.count("finished_job_view where state = 'dead'")).isEqualTo(1);
        assertThat(store.count("job")).isZero();
    }

    @Test
    void aRetriedJobIsNotShadowedByTheClaimThatStillNamesItsOldPlace() {
        store.sendAll(5, 2);
        List<ClaimedJob> jobs = store.claim(node, 2);
        store.fail(jobs.get(0), 0L);

        assertThat(store.lanes().promote(9, null).ready()).hasSize(1);

        List<ClaimedJob> again = store.claim(node, 9);
        assertThat(ids(again)).containsExactly(jobs.get(0).id());
        assertThat(again.get(0).attempt()).isEqualTo(1);
        assertThat(again.get(0).seq()).isGreaterThan(jobs.get(1).seq());
    }

    @Test
    void aDeadJobKeepsItsPayloadAndAllItsErrors() {
        long id = store.send(new NewJob(TestStore.QUEUE, 3, null, null, "{\"a\": \"b\"}", true), "Welcome");
        store.fail(store.claimOne(node), 0L);
        store.lanes().promote(9, null);

        List<SettledFailure> settled = store.fail(store.claimOne(node), null);

        assertThat(settled).hasSize(1);
        assertThat(settled.get(0).ended()).isTrue();
        assertThat(settled.get(0).awaited()).isTrue();
        assertThat(store.count("job")).isZero();
        assertThat(store.deadJobs().find(id)).hasValueSatisfying(dead -> {
            assertThat(dead.queue()).isEqualTo(TestStore.QUEUE);
            assertThat(dead.type()).isEqualTo("Welcome");
            assertThat(dead.payload()).isEqualTo(TestStore.bytes("{}"));
            assertThat(dead.attributes()).containsExactly(Map.entry("a", "b"));
            assertThat(dead.errors()).hasSize(2);
            assertThat(dead.lastError().attempt()).isEqualTo(2);
            assertThat(dead.lastError().type()).isEqualTo("a.Type");
            assertThat(dead.lastError().stack()).isEqualTo("a stack");
        });
        assertThat(store.outcome(id).state()).isEqualTo("dead");
        assertThat(store.outcome(id).attempts()).isEqualTo(2);
    }

    @Test
    void failuresOfBothKindsAreSettledInOneBatch() {
        store.sendAll(5, 2);
        List<ClaimedJob> jobs = store.claim(node, 2);
        Failure failure = new Failure("t", "", "");

        List<SettledFailure> settled = store.settlements()
                .failed(List.of(new Failed(jobs.get(0), 1, failure, 10L), new Failed(jobs.get(1), 1, failure, null)));

        assertThat(settled)
                .extracting(SettledFailure::id, SettledFailure::ended)
                .containsExactlyInAnyOrder(
                        tuple(jobs.get(0).id(), false), tuple(jobs.get(1).id(), true));
    }

    @Test
    void aClaimStaysUntilItsLastJobIsSettled() {
        store.sendAll(5, 2);
        List<ClaimedJob> jobs = store.claim(node, 2);

        store.succeed(jobs.subList(0, 1));
        assertThat(store.count("claim")).isEqualTo(1);

        SettledSuccesses settled = store.succeed(jobs.subList(1, 2), jobs.get(1).claim());
        assertThat(list(settled.removedClaims())).containsExactly(jobs.get(1).claim());
        assertThat(store.count("claim")).isZero();
        assertThat(list(store.settlements().removeClaims(new long[] {jobs.get(1).claim()})))
                .as("a claim that is gone is said to be gone")
                .hasSize(1);
    }

    @Test
    void whatIsNotKnownHasNoOutcome() {
        StoredOutcome unknown = store.outcome(-1);
        assertThat(unknown.state()).isNull();
        assertThat(unknown.live()).isFalse();
        assertThat(store.outcome(store.send()).live()).isTrue();
    }
}
