package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.HistoryRetention;
import io.pgjobq.QueueDescription;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Since when a job has been ready, in the claim, in the history, in the views and in the state of its queue. */
@PostgresTest
class ReadyMomentContractIntegrationTests {

    private final TestStore store;
    private final int node;

    ReadyMomentContractIntegrationTests(TestDatabase database) {
        store = TestStore.emptyOn(database);
        node = store.node();
    }

    @Test
    void aJobThatIsReadyWhenItIsSentIsReadySinceThen() {
        store.send();
        store.sendAll(5, 1);
        assertThat(store.sendClaimed(node, 5, 0).claimed()).as("behind others").isFalse();
        store.value("select pgjobq.send_quietly('emails', '1')", Long.class);

        assertThat(store.count("job where ready_at is not null")).isZero();
        assertThat(store.claim(node, 9))
                .hasSize(4)
                .allSatisfy(job -> assertThat(job.readyAt()).isEqualTo(job.sentAt()));
    }

    @Test
    void aDelayedJobIsReadyWhenItsTimeHasCome() {
        store.send(TestStore.delayedJob(86_400_000), "");
        store.server()
                .execute("update pgjobq.job set enqueued_at = clock_timestamp() - interval '1 day',"
                        + TestStore.waitsUntil("clock_timestamp() - interval '3 s'"));
        Instant due = moment("select run_at from pgjobq.job_view");
        assertThat(store.count("job_view where ready_at is null and state in ('scheduled', 'retrying')"))
                .isEqualTo(1);
        store.lanes().promote(9, null);

        assertThat(moment("select ready_at from pgjobq.job_view where state = 'ready'"))
                .isEqualTo(due);
        assertThat(age()).isBetween(Duration.ofSeconds(3), Duration.ofMinutes(1));
        ClaimedJob job = store.claimOne(node);
        assertThat(job.readyAt()).isEqualTo(due);
        assertThat(job.sentAt()).isBefore(due.minusSeconds(3_600));
        assertThat(store.count("job_view where state = 'running'")).isEqualTo(1);
    }

    @Test
    void aFailedJobIsReadyWhenItsBackOffIsOver() {
        store.send();
        store.fail(store.claimOne(node), 0L);
        Instant over = moment("select run_at from pgjobq.job_view");
        store.lanes().promote(9, null);

        assertThat(store.claimOne(node).readyAt()).isEqualTo(over);
    }

    @Test
    void aRedrivenJobIsReadySinceItWasRedriven() {
        long id = store.send();
        store.server().execute("update pgjobq.job set enqueued_at = clock_timestamp() - interval '20 days'");
        store.fail(store.claimOne(node), null);
        Instant before = moment("select clock_timestamp()");
        store.deadJobs().redrive(id, null, null);

        assertThat(age()).isBetween(Duration.ZERO, Duration.ofMinutes(1));
        assertThat(store.claimOne(node).readyAt()).isBetween(before, moment("select clock_timestamp()"));
    }

    @Test
    void aJobThatIsGivenBackOrRescuedKeepsThePlaceAndTheMoment() {
        store.send(TestStore.delayedJob(86_400_000), "");
        store.send();
        store.server()
                .execute("update pgjobq.job set " + TestStore.waitsUntil("clock_timestamp()") + " where lane = 11");
        store.lanes().promote(9, null);
        List<ClaimedJob> first = store.claim(node, 9);
        assertThat(first).extracting(job -> job.readyAt().equals(job.sentAt())).containsExactly(true, false);

        store.release(first, first.get(0).claim());
        List<ClaimedJob> second = store.claim(node, 9);
        store.leave(node);
        store.nodes().rescue(9);
        List<ClaimedJob> third = store.claim(store.node(), 9);

        for (List<ClaimedJob> again : List.of(second, third)) {
            assertThat(again)
                    .usingRecursiveFieldByFieldElementComparatorOnFields("id", "seq", "sentAt", "readyAt")
                    .containsExactlyElementsOf(first);
        }
    }

    @Test
    void eachOfManyJobsOfAClaimHasItsOwnMoment() {
        for (int i = 0; i < 6; i++) {
            store.send(i % 2 == 0 ? TestStore.delayedJob(86_400_000) : TestStore.job(5), "");
        }
        store.server()
                .execute("update pgjobq.job set " + TestStore.waitsUntil("clock_timestamp() - id * interval '1 s'")
                        + " where lane = 11");
        store.lanes().promote(9, null);
        store.sendAll(5, 2);

        assertThat(store.claim(node, 9))
                .hasSize(8)
                .allSatisfy(job -> assertThat(job.readyAt())
                        .isEqualTo(moment("select ready_at from pgjobq.job_view where id = " + job.id())));
    }

    @Test
    void theHistoryTellsHowLongTheLastAttemptHadToWait() {
        for (int i = 0; i < 5; i++) {
            store.send(TestStore.delayedJob(86_400_000), "");
        }
        store.server()
                .execute("update pgjobq.job set enqueued_at = clock_timestamp() - interval '1 day',"
                        + TestStore.waitsUntil("clock_timestamp() - interval '5 s'"));
        store.lanes().promote(9, null);
        ClaimedJob succeeded = store.claimOne(node);
        ClaimedJob died = store.claimOne(node);
        ClaimedJob completed = store.claimOne(node);
        ClaimedJob lost = store.claimOne(node);
        store.succeed(List.of(succeeded));
        store.fail(died, null);
        store.transaction().executeWithoutResult(status -> store.settlements().complete(completed, 1_000, null));
        store.queues().settings(store.queue(), 1, HistoryRetention.DEFAULT);
        store.leave(node);
        store.nodes().rescue(9);

        for (ClaimedJob job : List.of(succeeded, died, completed, lost)) {
            assertThat(moment("select ready_at from pgjobq.finished_job_view where id = " + job.id()))
                    .isEqualTo(job.readyAt());
        }
        assertThat(store.count("finished_job_view where waited between interval '4 s' and interval '1 minute'"))
                .isEqualTo(3);
        assertThat(store.count("job")).isEqualTo(1);
        assertThat(store.cancel(store.value("select id from pgjobq.job", Long.class)))
                .isTrue();
        assertThat(store.count("finished_job where state = 'cancelled' and ready_at is not null"))
                .isEqualTo(1);
    }

    @Test
    void aJobThatWasReadyWhenItWasSentHasWaitedSinceThen() {
        store.send();
        store.server().execute("update pgjobq.job set enqueued_at = clock_timestamp() - interval '5 s'");
        store.succeed(store.claim(node, 1));

        assertThat(store.count("finished_job where ready_at is null")).isEqualTo(1);
        assertThat(store.count("finished_job_view where ready_at = enqueued_at"
                        + " and waited between interval '4 s' and interval '1 minute'"))
                .isEqualTo(1);
    }

    @Test
    void theDescriptionAndTheViewMeanTheSameByReady() {
        store.sendAll(5, 5);
        store.send(TestStore.delayedJob(60_000), "");
        store.claim(node, 2);

        QueueDescription described = store.queues().describe(TestStore.QUEUE).get(0);
        assertThat(described.ready()).isEqualTo(3).isEqualTo(store.count("job_view where state = 'ready'"));
        assertThat(described.running()).isEqualTo(2).isEqualTo(store.count("job_view where state = 'running'"));
        assertThat(described.waiting())
                .isEqualTo(1)
                .isEqualTo(store.count("job_view where state in ('scheduled', 'retrying')"));
        assertThat(store.value("select ready from pgjobq.describe_queues('emails', 10)", Long.class))
                .isEqualTo(3);
    }

    private Duration age() {
        return Objects.requireNonNull(
                store.queues().describe(TestStore.QUEUE).get(0).oldestReadyAge());
    }

    private Instant moment(String sql) {
        return store.value(sql, OffsetDateTime.class).toInstant();
    }
}
