package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.JobFilter;
import io.pgjobq.SentJob.Fate;
import io.pgjobq.Unique;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

@PostgresTest
class UniqueContractIntegrationTests {

    private static final Unique KEY = Unique.key("k");

    private final TestStore store;
    private final int node;

    UniqueContractIntegrationTests(TestDatabase database) {
        store = TestStore.emptyOn(database);
        node = store.node();
    }

    private UniqueJob send(Unique unique, String payload) {
        return TestUnique.send(store, unique, payload).get(0);
    }

    private String start(ClaimedJob job) {
        return store.jobs().start(job.id(), job.seq(), job.claim()) instanceof StartedJob.Payload payload
                ? new String(payload.bytes(), StandardCharsets.UTF_8)
                : "";
    }

    @Test
    void theKeyIsTakenUntilTheJobHasEnded() {
        UniqueJob first = send(KEY, "1");
        assertThat(first.fate()).isEqualTo(Fate.NEW);
        assertThat(send(KEY, "2")).isEqualTo(new UniqueJob(first.id(), Fate.KEPT, null, store.queue()));
        ClaimedJob job = store.claimOne(node);
        assertThat(job.payload()).as("it need not ask").isEqualTo(TestStore.bytes("1"));
        assertThat(send(KEY, "3").fate()).as("while it runs").isEqualTo(Fate.KEPT);
        store.fail(job, 0L);
        assertThat(send(KEY, "4").fate()).as("while it waits for its retry").isEqualTo(Fate.KEPT);
        store.lanes().promote(9, null);
        store.succeed(List.of(store.claimOne(node)));

        UniqueJob next = send(KEY, "5");
        assertThat(next.fate()).isEqualTo(Fate.NEW);
        assertThat(next.id()).isNotEqualTo(first.id());
        assertThat(store.count("job_key")).isEqualTo(1);
    }

    @Test
    void whateverEndsAJobFreesItsKey() {
        send(KEY, "1");
        store.fail(store.claimOne(node), null);
        UniqueJob second = send(KEY, "2");
        assertThat(second.fate()).as("dead").isEqualTo(Fate.NEW);
        assertThat(store.cancel(second.id())).isTrue();
        UniqueJob third = send(KEY, "3");
        assertThat(third.fate()).as("cancelled").isEqualTo(Fate.NEW);
        store.claimOne(node);
        store.leave(node);
        store.nodes().rescue(9);
        assertThat(send(KEY, "4").fate()).as("rescued, and not over").isEqualTo(Fate.KEPT);
    }

    @Test
    void aKeyThatIsTakenUntilTheStartIsFreeThenEvenIfTheJobIsTriedAgain() {
        Unique until = KEY.untilStarted();
        UniqueJob first = send(until, "1");
        ClaimedJob job = store.claimOne(node);
        assertThat(job.payload()).as("it asks when it starts").isNull();
        assertThat(send(until, "2").fate()).as("taken, but not started").isEqualTo(Fate.KEPT);
        assertThat(start(job)).isEqualTo("1");
        UniqueJob second = send(until, "2");
        assertThat(second.fate()).isEqualTo(Fate.NEW);
        store.fail(job, 0L);
        store.lanes().promote(9, null);
        assertThat(send(until, "3")).extracting(UniqueJob::id).isEqualTo(second.id());
        for (ClaimedJob again : store.claim(node, 9)) {
            assertThat(start(again)).isEqualTo(again.id() == first.id() ? "1" : "2");
        }
    }

    @Test
    void aKeyIsTakenForAPeriodWhateverBecomesOfTheJob() throws Exception {
        Unique within = KEY.within(Duration.ofMinutes(1));
        UniqueJob first = send(within, "1");
        store.succeed(List.of(store.claimOne(node)));
        assertThat(send(within, "2")).isEqualTo(new UniqueJob(first.id(), Fate.KEPT, null, store.queue()));
        store.server().execute("update pgjobq.job_key set free_at = clock_timestamp()");
        assertThat(send(within, "3").fate()).isEqualTo(Fate.NEW);
    }

    @Test
    void aJobThatWaitsIsReplacedAndOneThatIsInLineOrRunsIsKept() {
        NewJob later = new NewJob(TestStore.QUEUE, 3, 60_000L, null, "{\"a\": \"b\"}", false);
        long id = TestUnique.send(store, later, KEY.orReplace(), "1").get(0).id();
        UniqueJob replaced = TestUnique.send(store, later, KEY.orReplace(), "2").get(0);
        assertThat(replaced.fate()).isEqualTo(Fate.REPLACED);
        assertThat(replaced.id()).isEqualTo(id);
        assertThat(replaced.dueInMillis()).isBetween(50_000L, 60_000L);
        assertThat(store.count("job where lane = 11 and priority = 3")).isEqualTo(1);

        UniqueJob atOnce = send(KEY.orReplace(), "3");
        assertThat(atOnce.fate()).isEqualTo(Fate.REPLACED);
        assertThat(atOnce.dueInMillis()).as("it has yet to be put in line").isZero();
        store.lanes().promote(9, null);
        assertThat(store.count("job where lane = 5")).isEqualTo(1);
        assertThat(send(KEY.orReplace(), "4").fate()).as("in line").isEqualTo(Fate.KEPT);
        ClaimedJob job = store.claimOne(node);
        assertThat(job.payload()).isEqualTo(TestStore.bytes("3"));
        assertThat(job.attributes()).isNull();
        assertThat(send(KEY.orReplace(), "5").fate()).as("runs").isEqualTo(Fate.KEPT);
        store.fail(job, 60_000L);
        assertThat(send(KEY.orReplace(), "6").fate()).as("waits for its retry").isEqualTo(Fate.REPLACED);
        store.lanes().promote(9, null);
        ClaimedJob again = store.claimOne(node);
        assertThat(again.attempt()).isEqualTo(1);
        assertThat(again.payload()).isEqualTo(TestStore.bytes("6"));
    }

    @Test
    void aJobThatIsReplacedStillAsksIfItsKeyIsFreeOnceItStarts() {
        NewJob later = new NewJob(TestStore.QUEUE, 3, 60_000L, null, null, false);
        TestUnique.send(store, later, KEY.untilStarted(), "1");
        assertThat(send(KEY.orReplace(), "2").fate()).isEqualTo(Fate.REPLACED);
        store.lanes().promote(9, null);
        ClaimedJob job = store.claimOne(node);
        assertThat(start(job)).isEqualTo("2");
        assertThat(send(KEY, "3").fate()).isEqualTo(Fate.NEW);
    }

    @Test
    void aFencedNodeThatStartsAJobFreesNoKey() {
        send(KEY.untilStarted(), "1");
        ClaimedJob job = store.claimOne(node);
        store.leave(node);
        store.nodes().rescue(9);
        assertThat(store.jobs().start(job.id(), job.seq(), job.claim())).isInstanceOf(StartedJob.Gone.class);
        assertThat(send(KEY, "2").fate()).isEqualTo(Fate.KEPT);
    }

    /** Whoever ends a job that is being replaced waits for that, or leaves it alone; nobody who takes other jobs waits. */
    @Test
    void aTransactionThatReplacesAJobHoldsUpNobodyWhoTakesOthers() throws Exception {
        NewJob later = new NewJob(TestStore.QUEUE, 3, 60_000L, null, null, false);
        long id = TestUnique.send(store, later, KEY, "1").get(0).id();
        store.send();
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try (Connection transaction = store.dataSource().getConnection()) {
            transaction.setAutoCommit(false);
            assertThat(TestUnique.send(store, transaction, later, KEY.orReplace(), new String[] {"k"}, "2"))
                    .extracting(UniqueJob::fate)
                    .containsExactly(Fate.REPLACED);
            Future<CancellationStore.Outcome> cancelled =
                    threads.submit(() -> store.cancellations().cancel(id, null));
            await().until(() -> Long.valueOf(1)
                    .equals(store.server()
                            .queryOne(
                                    "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
                                            + " and query like '%cancel%' and datname = current_database()",
                                    Long.class)));

            assertThat(store.claim(node, 9)).as("others are taken").hasSize(1);
            assertThat(store.jobs().expire(id)).isFalse();
            CancellationStore.Part part = store.cancellations()
                    .cancelSome(LaneRange.from(store.queue(), 11, 0), JobFilter.queue(TestStore.QUEUE), null, 10);
            assertThat(part.cancelled()).isZero();
            assertThat(part.busy()).containsExactly(id);
            assertThat(cancelled).isNotDone();
            transaction.commit();
            assertThat(cancelled.get(20, TimeUnit.SECONDS)).isEqualTo(CancellationStore.Outcome.CANCELLED);
        } finally {
            threads.shutdownNow();
        }
        assertThat(store.outcome(id).state()).isEqualTo("cancelled");
    }

    @Test
    void aJobThatHasJustBeenMovedAwayIsNotReplaced() throws Exception {
        NewJob later = new NewJob(TestStore.QUEUE, 3, 60_000L, null, null, false);
        long id = TestUnique.send(store, later, KEY, "1").get(0).id();
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try (Connection mover = store.dataSource().getConnection();
                Statement statement = mover.createStatement()) {
            mover.setAutoCommit(false);
            statement.executeUpdate("update pgjobq.job set queue_id = queue_id + 1 where id = " + id);
            Future<List<UniqueJob>> replacing =
                    threads.submit(() -> TestUnique.send(store, later, KEY.orReplace(), "2"));
            await().until(() -> Long.valueOf(1)
                    .equals(store.server()
                            .queryOne(
                                    "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
                                            + " and query like '%send_with_rules%' and datname = current_database()",
                                    Long.class)));
            mover.commit();
            assertThat(replacing.get(20, TimeUnit.SECONDS))
                    .extracting(UniqueJob::fate)
                    .containsExactly(Fate.KEPT);
        } finally {
            threads.shutdownNow();
        }
        assertThat(store.count("job where payload = '1'::bytea")).isEqualTo(1);
    }

    @Test
    void aJobMayBeReplacedByOneThatWasDueLongAgo() {
        NewJob later = new NewJob(TestStore.QUEUE, 3, 60_000L, null, null, false);
        NewJob longAgo = new NewJob(TestStore.QUEUE, 3, null, Instant.EPOCH, null, false);
        TestUnique.send(store, later, KEY, "1");
        assertThat(TestUnique.send(store, longAgo, KEY.orReplace(), "2"))
                .extracting(UniqueJob::fate)
                .containsExactly(Fate.REPLACED);
        assertThat(store.lanes().promote(9, null).ready()).hasSize(1);
    }

    @Test
    void duplicatesInOneCallAreFound() throws Exception {
        List<UniqueJob> sent = store.database()
                .alone(connection -> TestUnique.send(
                        store,
                        connection,
                        TestStore.job(5),
                        KEY,
                        new String[] {"b", "a", "b", "c"},
                        "1",
                        "2",
                        "3",
                        "4"));
        assertThat(sent).extracting(UniqueJob::fate).containsExactly(Fate.NEW, Fate.NEW, Fate.KEPT, Fate.NEW);
        assertThat(sent.get(2).id()).isEqualTo(sent.get(0).id());
        assertThat(store.claim(node, 9).stream().map(this::start))
                .as("in their order")
                .containsExactly("1", "2", "4");
    }

    @Test
    void aJobThatSomebodyKeepsCantStartBeforeHeHasCommitted() throws Exception {
        Unique until = KEY.untilStarted();
        send(until, "1");
        ClaimedJob job = store.claimOne(node);
        try (Connection transaction = store.dataSource().getConnection()) {
            transaction.setAutoCommit(false);
            assertThat(TestUnique.send(store, transaction, TestStore.job(5), until, new String[] {"k"}, "2"))
                    .extracting(UniqueJob::fate)
                    .containsExactly(Fate.KEPT);
            assertThat(store.jobs().start(job.id(), job.seq(), job.claim())).isInstanceOf(StartedJob.Held.class);
            transaction.rollback();
        }
        assertThat(start(job)).isEqualTo("1");
    }

    @Test
    void aTransactionThatRollsBackLeavesTheKeyFree() throws Exception {
        try (Connection transaction = store.dataSource().getConnection()) {
            transaction.setAutoCommit(false);
            TestUnique.send(store, transaction, TestStore.job(5), KEY, new String[] {"k"}, "1");
            transaction.rollback();
        }
        assertThat(send(KEY, "2").fate()).isEqualTo(Fate.NEW);
    }

    @Test
    void aDeadJobIsRedrivenOnlyIfNobodyElseHasItsKey() {
        long id = send(KEY, "1").id();
        store.fail(store.claimOne(node), null);
        long other = send(KEY, "2").id();
        assertThat(store.deadJobs().redrive(id, null, null)).isEmpty();
        store.cancel(other);
        assertThat(store.deadJobs().redrive(id, null, null)).hasSize(1);
        assertThat(send(KEY, "3")).isEqualTo(new UniqueJob(id, Fate.KEPT, null, store.queue()));
        assertThat(store.count("job_key where job_id = " + id)).isEqualTo(1);
    }

    @RepeatedTest(5)
    void eachKeyIsTakenOnceHoweverManySendersRaceInWhateverOrder() throws Exception {
        int keys = 100;
        int senders = 8;
        CyclicBarrier barrier = new CyclicBarrier(senders);
        ExecutorService threads = Executors.newFixedThreadPool(senders);
        try {
            List<Callable<List<UniqueJob>>> racers = new ArrayList<>();
            for (int sender = 0; sender < senders; sender++) {
                List<String> mine = new ArrayList<>(
                        IntStream.range(0, keys).mapToObj(key -> "key-" + key).toList());
                Collections.shuffle(mine, new Random(sender));
                racers.add(() -> {
                    barrier.await();
                    return store.database()
                            .alone(connection -> TestUnique.send(
                                    store,
                                    connection,
                                    TestStore.job(5),
                                    KEY,
                                    mine.toArray(String[]::new),
                                    mine.toArray(String[]::new)));
                });
            }
            long made = 0;
            for (Future<List<UniqueJob>> racer : threads.invokeAll(racers)) {
                made += racer.get().stream()
                        .filter(job -> job.fate() == Fate.NEW)
                        .count();
            }
            assertThat(made).isEqualTo(keys);
        } finally {
            threads.shutdownNow();
        }
        assertThat(store.count("job")).isEqualTo(keys);
        assertThat(store.value("select count(distinct unique_key) from pgjobq.job", Long.class))
                .isEqualTo(keys);
    }

    /** Many tries hit the moments in which a job ends while somebody looks at its key. */
    @Test
    void noKeyIsTakenTwiceNorLeftTakenWhileJobsEnd() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            Callable<Integer> sender = () -> {
                int made = 0;
                for (int i = 0; i < 300; i++) {
                    made += send(KEY, "x").fate() == Fate.NEW ? 1 : 0;
                    assertThat(store.count("job")).isLessThanOrEqualTo(1);
                }
                return made;
            };
            List<Future<Integer>> senders =
                    List.of(threads.submit(sender), threads.submit(sender), threads.submit(sender));
            int ended = 0;
            while (!senders.stream().allMatch(Future::isDone)) {
                for (ClaimedJob job : store.claim(node, 5)) {
                    ended += store.succeed(List.of(job), job.claim()).settled().length;
                    store.jobs().sweepKeys(null, 10);
                }
            }
            int made = 0;
            for (Future<Integer> each : senders) {
                made += each.get();
            }
            assertThat(made - ended).isEqualTo(store.count("job"));
            assertThat(made).isGreaterThan(10);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void keysThatNobodyHasAreForgottenAndNoOthers() {
        for (int i = 0; i < 5; i++) {
            send(Unique.key("over-" + i), "x");
        }
        store.succeed(store.claim(node, 9));
        send(Unique.key("live"), "x");
        send(Unique.key("period").within(Duration.ofMinutes(1)), "x");
        store.cancel(store.value("select job_id from pgjobq.job_key where key = 'period'", Long.class));

        Swept<JobStore.KeyPosition> first = store.jobs().sweepKeys(null, 3);
        assertThat(first.any()).isTrue();
        assertThat(first.next()).isEqualTo(new JobStore.KeyPosition(store.queue(), "over-1"));
        assertThat(store.jobs().sweepKeys(first.next(), 9).next()).isNull();
        assertThat(store.server()
                        .queryOne("select string_agg(key, ' ' order by key) from pgjobq.job_key", String.class))
                .isEqualTo("live period");
        assertThat(store.jobs().sweepKeys(new JobStore.KeyPosition(store.queue(), "z"), 9))
                .extracting(Swept::any, Swept::next)
                .containsExactly(false, null);
    }
}
