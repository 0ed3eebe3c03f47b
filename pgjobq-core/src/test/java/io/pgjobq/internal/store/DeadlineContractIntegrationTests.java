package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.HistoryRetention;
import io.pgjobq.Unique;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

@PostgresTest
class DeadlineContractIntegrationTests {

    private final TestStore store;
    private final int node;

    DeadlineContractIntegrationTests(TestDatabase database) {
        store = TestStore.emptyOn(database);
        node = store.node();
    }

    private long send(NewJob job, @Nullable Unique unique) {
        Rules rules = new Rules(unique, 60_000L, null);
        String[] keys = {unique == null ? null : unique.key()};
        return Objects.requireNonNull(store.database()
                        .alone(connection -> store.jobs()
                                .sendWithRules(
                                        connection, job, rules, keys, new String[1], new String[] {"T"}, new byte[][] {
                                            {1}
                                        })))
                .get(0)
                .id();
    }

    private long send() {
        return send(TestStore.job(5), null);
    }

    /** As if a minute had passed. */
    private void pass() {
        store.server().execute("update pgjobq.job set expires_at = clock_timestamp() where expires_at is not null");
        store.server().execute("update pgjobq.job_deadline set look_at = clock_timestamp()");
    }

    private StartedJob start(ClaimedJob job) {
        return store.jobs().start(job.id(), job.seq(), job.claim());
    }

    @Test
    void aJobStartsWithWhatIsLeftUntilItsDeadlineWhichGoesWithIt() {
        long id = send();
        assertThat(store.jobs().expired(9)).isEmpty();
        assertThat(store.jobs().nextDeadlineInMillis()).isBetween(50_000L, 60_000L);
        ClaimedJob job = store.claimOne(node);
        assertThat(job.payload()).isNull();
        assertThat(start(job)).isInstanceOfSatisfying(StartedJob.Payload.class, started -> {
            assertThat(started.bytes()).containsExactly(1);
            assertThat(started.left()).isBetween(Duration.ofSeconds(50), Duration.ofSeconds(60));
        });
        store.succeed(List.of(job));
        assertThat(store.outcome(id).state()).isEqualTo("succeeded");
        assertThat(store.count("job_deadline")).isZero();
    }

    @Test
    void itAlsoGoesWhereNoHistoryIsKept() {
        store.queues().settings(store.queue(), 10, new HistoryRetention(Duration.ZERO, Duration.ofDays(1)));
        send();
        store.send();
        store.succeed(store.claim(node, 9));
        assertThat(store.count("job")).isZero();
        assertThat(store.count("job_deadline")).isZero();
        assertThat(store.count("finished_job")).isZero();
    }

    @Test
    void nothingStartsWhenItsDeadlineIsOver() {
        long id = send();
        ClaimedJob job = store.claimOne(node);
        pass();
        assertThat(start(job)).isInstanceOf(StartedJob.Expired.class);
        assertThat(store.outcome(id).state()).isEqualTo("dead");
        assertThat(store.outcome(id).attempts()).isZero();
        assertThat(store.outcome(id).error().type()).isEqualTo("expired");
        assertThat(store.succeed(List.of(job)).settled()).isEmpty();
        assertThat(store.count("job_deadline")).isZero();
    }

    @Test
    void aFencedNodeEndsNothing() {
        send();
        ClaimedJob job = store.claimOne(node);
        pass();
        store.leave(node);
        store.nodes().rescue(9);
        assertThat(start(job)).isInstanceOf(StartedJob.Gone.class);
        assertThat(store.count("job where attempt = 1")).isEqualTo(1);
    }

    @Test
    void whatWaitsOrIsInLineIsFoundAndWhatRunsIsLeftToItsNode() {
        long waiting = send(TestStore.delayedJob(600_000), null);
        long running = send(new NewJob(TestStore.QUEUE, 0, null, null, null, true), null);
        ClaimedJob held = store.claimOne(node);
        assertThat(held.id()).isEqualTo(running);
        long ready = send(TestStore.awaitedJob(), null);
        pass();
        assertThat(store.jobs().expired(9)).containsExactlyInAnyOrder(waiting, running, ready);
        assertThat(store.jobs().expire(waiting)).isFalse();
        assertThat(store.jobs().expire(ready)).as("somebody waits").isTrue();
        assertThat(store.jobs().expire(running)).isFalse();
        for (long id : List.of(waiting, ready)) {
            assertThat(store.outcome(id).state()).isEqualTo("dead");
            assertThat(store.outcome(id).error().type()).isEqualTo("expired");
        }
        assertThat(store.jobs().expired(9)).as("looked at again later").isEmpty();
        assertThat(store.jobs().nextDeadlineInMillis()).isBetween(1L, 5_000L);
        store.fail(held, 60_000L);
        pass();
        assertThat(store.jobs().expire(running)).as("it waits for its retry").isTrue();
        assertThat(store.count("job")).isZero();
        assertThat(store.jobs().expire(running)).as("it is gone").isFalse();
    }

    @Test
    void aJobWithAKeyMayHaveADeadlineWhichFreesTheKey() {
        long id = send(TestStore.job(5), Unique.key("k"));
        pass();
        assertThat(store.jobs().expire(id)).isFalse();
        assertThat(send(TestStore.job(5), Unique.key("k"))).isNotEqualTo(id);
    }

    /** Its transaction may take any time; whoever looks at deadlines does more than that. */
    @Test
    void oneThatIsBeingReplacedIsLeftForLater() throws Exception {
        Unique unique = Unique.key("k").orReplace();
        long id = send(TestStore.delayedJob(600_000), unique);
        pass();
        try (Connection transaction = store.dataSource().getConnection()) {
            transaction.setAutoCommit(false);
            assertThat(TestUnique.send(
                            store, transaction, TestStore.delayedJob(600_000), unique, new String[] {"k"}, "2"))
                    .singleElement()
                    .satisfies(sent -> assertThat(sent.id()).isEqualTo(id));
            assertThat(store.jobs().expired(9)).isEmpty();
            assertThat(store.jobs().expire(id)).isFalse();
            transaction.rollback();
        }
        assertThat(store.jobs().expired(9)).containsExactly(id);
    }

    @Test
    void aRedrivenJobHasNoDeadline() {
        long id = send();
        pass();
        store.jobs().expire(id);
        assertThat(store.deadJobs().redrive(id, null, null)).hasSize(1);
        assertThat(store.claimOne(node).payload()).containsExactly(1);
    }

    @Test
    void aDeadlineThatAReplacementHasTakenAwayOrMovedDoesNotCount() {
        NewJob later = TestStore.delayedJob(600_000);
        long id = send(later, Unique.key("k"));
        assertThat(TestUnique.send(store, later, Unique.key("k").orReplace(), "2")
                        .get(0)
                        .id())
                .isEqualTo(id);
        assertThat(store.count("job_deadline")).isZero();
        assertThat(store.jobs().expire(id)).isFalse();
        assertThat(send(later, Unique.key("k").orReplace())).isEqualTo(id);
        store.server().execute("update pgjobq.job_deadline set look_at = clock_timestamp()");
        assertThat(store.jobs().expired(9)).containsExactly(id);
        assertThat(store.jobs().expire(id)).isFalse();
        assertThat(store.count("job")).isEqualTo(1);
        assertThat(store.jobs().nextDeadlineInMillis()).isBetween(50_000L, 60_000L);
    }
}
