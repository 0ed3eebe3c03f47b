package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.JobProgress;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

@PostgresTest
@AlsoThroughPgBouncer
class ProgressContractIntegrationTests {

    private final TestStore store;
    private final ProgressStore progress;
    private final int node;

    ProgressContractIntegrationTests(TestDatabase database) {
        store = TestStore.emptyOn(database);
        progress = new ProgressStore(store.database());
        node = store.node();
    }

    private static ReportedProgress report(ClaimedJob job, long done) {
        return new ReportedProgress(job, done, 100, "row " + done);
    }

    private List<Long> written(ClaimedJob job, long done) {
        return progress.record(List.of(report(job, done))).progress().stream()
                .map(StoredProgress::job)
                .toList();
    }

    private JobProgress found(long id) {
        return Objects.requireNonNull(store.jobs().find(id).orElseThrow().progress());
    }

    @Test
    void manyJobsAreWrittenByOneStatementInWhateverOrderTheyCome() {
        store.sendAll(5, 50);
        List<ClaimedJob> jobs = new ArrayList<>(store.claim(node, 50));
        Collections.shuffle(jobs);

        ProgressStore.Written written =
                progress.record(jobs.stream().map(job -> report(job, 7)).toList());

        assertThat(written.progress()).hasSize(50);
        assertThat(written.awaited()).isEmpty();
        assertThat(jobs).allSatisfy(job -> {
            assertThat(found(job.id()).done()).isEqualTo(7);
            assertThat(found(job.id()).total()).isEqualTo(100);
            assertThat(found(job.id()).message()).isEqualTo("row 7");
        });
        assertThat(written.progress())
                .allSatisfy(each -> assertThat(found(each.job())).isEqualTo(each.progress()));
    }

    @Test
    void theLatestIsKeptAndItsTimeNeverGoesBack() {
        store.send(TestStore.awaitedJob(), "");
        ClaimedJob job = store.claimOne(node);
        JobProgress first =
                progress.record(List.of(report(job, 1))).progress().get(0).progress();
        store.server().execute("update pgjobq.job_progress set written_at = now() + interval '1 day'");

        ProgressStore.Written second = progress.record(List.of(new ReportedProgress(job, 0, 0, null)));

        assertThat(second.awaited()).containsExactly(job.id());
        JobProgress latest = found(job.id());
        assertThat(latest).isEqualTo(second.progress().get(0).progress());
        assertThat(latest.message()).isNull();
        assertThat(latest.fraction()).isEqualTo(1);
        assertThat(latest.at()).isAfter(first.at().plusSeconds(80_000));
    }

    @Test
    void whatANodeDoesNotHoldItDoesNotWrite() {
        store.sendAll(5, 3);
        ClaimedJob rescued = store.claimOne(node);
        ClaimedJob ended = store.claimOne(node);
        ClaimedJob failed = store.claimOne(node);
        store.succeed(List.of(ended));
        store.fail(failed, 0L);
        assertThat(written(ended, 1)).isEmpty();
        assertThat(written(failed, 1)).as("it has another place").isEmpty();
        assertThat(written(rescued, 1)).containsExactly(rescued.id());

        store.leave(node);
        assertThat(store.nodes().rescue(9)).isNotEmpty();
        assertThat(written(rescued, 2)).as("rescued").isEmpty();
        ClaimedJob again = store.claim(store.node(), 1).get(0);
        assertThat(written(again, 3)).containsExactly(rescued.id());
        assertThat(written(rescued, 4)).as("another holds it").isEmpty();
        assertThat(found(rescued.id()).done()).isEqualTo(3);
    }

    @Test
    void aClaimThatDoesNotNameTheJobCountsForNothing() {
        store.sendAll(5, 2);
        ClaimedJob held = store.claimOne(node);
        ClaimedJob other = store.claimOne(node);
        ClaimedJob forged = new ClaimedJob(
                other.id(),
                other.seq(),
                held.claim(),
                other.queue(),
                5,
                false,
                0,
                "",
                null,
                null,
                other.sentAt(),
                other.readyAt());
        assertThat(written(forged, 1)).isEmpty();
    }

    /** Whoever wrote by what he saw before would write over what the next holder has said. */
    @Test
    void aWriteWaitsForARescueThatIsUnderWayAndThenWritesNothing() throws Exception {
        store.send();
        ClaimedJob job = store.claimOne(node);
        store.leave(node);
        CompletableFuture<List<Long>> writing;
        try (Connection rescue = store.server().open();
                Statement statement = rescue.createStatement()) {
            rescue.setAutoCommit(false);
            statement.execute("select * from pgjobq.rescue(9)");
            writing = CompletableFuture.supplyAsync(() -> written(job, 1));
            await().until(() -> writing.isDone()
                    || store.count("claim c, pg_stat_activity a where wait_event_type = 'Lock'"
                                    + " and a.query like '%record_progress%' and a.datname = current_database()")
                            > 0);
            rescue.commit();
        }
        assertThat(writing.get()).isEmpty();
        assertThat(store.count("job_progress")).isZero();
    }

    @Test
    void aHandlersOpenTransactionHoldsUpNoWrite() {
        store.send();
        ClaimedJob job = store.claimOne(node);
        store.transaction().executeWithoutResult(status -> {
            assertThat(store.settlements().complete(job, 1, null)).isNotNull();
            assertThat(CompletableFuture.supplyAsync(() -> written(job, 1)).join())
                    .containsExactly(job.id());
            status.setRollbackOnly();
        });
        assertThat(found(job.id()).done()).isEqualTo(1);
    }

    @Test
    void itIsSeenThroughRetriesAndGoneWithTheJob() {
        store.send();
        ClaimedJob job = store.claimOne(node);
        written(job, 1);
        store.fail(job, 60_000L);
        assertThat(found(job.id()).done()).isEqualTo(1);
        assertThat(progress.find(new long[] {job.id(), -1})).hasSize(1);

        store.cancel(job.id());
        assertThat(store.jobs().find(job.id()).orElseThrow().progress()).isNull();
        assertThat(progress.find(new long[] {job.id()})).isEmpty();
    }

    @Test
    void whatIsLeftOfJobsThatAreGoneIsSweptAwayAndNothingElse() {
        store.sendAll(5, 5);
        List<ClaimedJob> jobs = store.claim(node, 5);
        progress.record(jobs.stream().map(job -> report(job, 1)).toList());
        store.succeed(jobs.subList(0, 2));
        store.fail(jobs.get(2), null);

        assertThat(progress.sweep(null, 2))
                .isEqualTo(new Swept<>(true, jobs.get(1).id()));
        assertThat(store.count("job_progress")).isEqualTo(3);
        assertThat(progress.sweep(jobs.get(1).id(), 9)).isEqualTo(new Swept<>(true, null));
        assertThat(store.count("job_progress")).isEqualTo(2);
        assertThat(progress.sweep(null, 9).any()).isTrue();
        assertThat(store.count("job_progress")).isEqualTo(2);
        assertThat(found(jobs.get(4).id()).done()).isEqualTo(1);
    }

    @Test
    void aJobThatIsRedrivenStartsAnew() {
        store.send();
        ClaimedJob job = store.claimOne(node);
        written(job, 99);
        store.fail(job, null);
        assertThat(store.redrive(1).lanes()).hasSize(1);

        assertThat(store.jobs().find(job.id()).orElseThrow().progress()).isNull();
    }
}
