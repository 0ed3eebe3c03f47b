package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.HistoryRetention;
import io.pgjobq.JobOutcome;
import io.pgjobq.NodeOptions;
import io.pgjobq.SentJob;
import io.pgjobq.test.AlsoOnOtherJdks;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.AlsoWithoutListening;
import io.pgjobq.test.LogLines;
import io.pgjobq.test.NotThroughPgBouncer;
import io.pgjobq.test.PgBouncerMode;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

@PostgresTest
@AlsoThroughPgBouncer
@AlsoWithoutListening
@AlsoOnOtherJdks
class NodeIntegrationTests {

    private TestDatabase database;
    private String queue = "";

    @BeforeEach
    void nameQueue(TestInfo test) {
        queue = test.getTestMethod().orElseThrow().getName();
    }

    @Test
    @NotThroughPgBouncer(
            value = PgBouncerMode.POLL_ONLY,
            because = "it is about a lock in a session, which nodes that only poll do not have")
    void aNodeThatTakesJobsHoldsTheLockThatTellsOfItsDeathAfterEachStart() {
        try (TestNode node = TestNode.listening(database)) {
            for (int start = 0; start < 10; start++) {
                node.start();
                assertThat(database.queryOne("select bool_and(session_lock) from pgjobq.node", Boolean.class))
                        .isTrue();
                node.pgJobQ().stop();
            }
        }
    }

    @Test
    @NotThroughPgBouncer(
            value = PgBouncerMode.POLL_ONLY,
            because = "it is about a lost session, which nodes that only poll do not have")
    void jobsOfANodeThatDiesRunElsewhereAndWhatItSaysLaterIsRefused() throws Exception {
        CountDownLatch running = new CountDownLatch(2);
        CountDownLatch go = new CountDownLatch(1);
        CuttableConnections network = new CuttableConnections(database);
        try (LogLines log = LogLines.capture();
                TestNode survivor = TestNode.listening(database, NodeIntegrationTests::quick)
                        .start();
                TestNode victim = TestNode.on(
                        network.pool(database.pool(5)), network, quick(TestNode.options(Duration.ofMinutes(10))))) {
            victim.handle(queue, TestNode.concurrency(2), TestNode.handler(Integer.class, (number, context) -> {
                running.countDown();
                go.await();
                return "victim";
            }));
            victim.start();
            List<SentJob<String>> sent = List.of(
                    survivor.sender().to(queue).send(1, String.class),
                    survivor.sender().to(queue).send(2, String.class));
            assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();
            survivor.handle(queue, Integer.class, (number, context) -> "survivor");
            network.cut();
            long cutAt = System.nanoTime();
            for (SentJob<String> job : sent) {
                JobOutcome<String> outcome = job.completion().get(20, TimeUnit.SECONDS);
                assertThat(outcome.resultOrThrow()).isEqualTo("survivor");
                assertThat(outcome.attempts()).as("the lost attempt is charged").isEqualTo(2);
            }
            assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - cutAt))
                    .isLessThan(10);
            network.mend();
            go.countDown();
            await().until(() -> !log.with("refused").isEmpty());
            for (SentJob<String> job : sent) {
                assertThat(job.completion().get(10, TimeUnit.SECONDS).resultOrThrow())
                        .isEqualTo("survivor");
            }
            // It has registered anew and works again.
            await().until(() -> log.with("is off the list").size() == 1);
            SentJob<String> next = survivor.sender().to(queue).send(3, String.class);
            assertThat(next.completion().get(10, TimeUnit.SECONDS)).isInstanceOf(JobOutcome.Succeeded.class);
        }
    }

    @Test
    void aNodeThatWasDeclaredDeadRegistersAnewAndItsLateSettlementsAreRefused() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (LogLines log = LogLines.capture();
                TestNode node = TestNode.listening(database, NodeIntegrationTests::quick)) {
            node.handle(queue, TestNode.concurrency(1), TestNode.handler(Integer.class, (number, context) -> {
                if (running.getCount() > 0) {
                    running.countDown();
                    go.await();
                    assertThat(context.shouldStop()).isTrue();
                }
                return context.attempt();
            }));
            node.start();
            SentJob<Integer> sent = node.sender().to(queue).send(1, Integer.class);
            assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();
            database.execute("delete from pgjobq.node");
            await().until(() -> !log.with("is off the list").isEmpty());
            database.execute("select * from pgjobq.rescue(10)");
            go.countDown();
            await().until(() -> !log.with("refused").isEmpty());
            database.execute(
                    "select pg_notify('pgjobq_jobs', 'l' || id) from pgjobq.queue where name = '" + queue + "'");
            assertThat(sent.completion().get(10, TimeUnit.SECONDS).resultOrThrow())
                    .isEqualTo(2);
        }
    }

    @Test
    void aSilentNodeIsDeclaredDeadSoEarlyThatItsJobsStartWithinTheTimeOut() {
        try (TestNode node =
                TestNode.listening(database, NodeIntegrationTests::quick).start()) {
            // Others notice it at their next heartbeat.
            assertThat(database.queryOne(
                            "select extract(epoch from silence_allowed + heartbeat_every) from pgjobq.node where id = ?",
                            Double.class,
                            lastNode()))
                    .isBetween(2.0, 2.9);
            assertThat(node.pgJobQ().isRunning()).isTrue();
        }
    }

    @Test
    void aJobThatKillsItsProcessEndsAmongTheDead() throws Exception {
        try (TestNode node = TestNode.listening(database)) {
            node.handle(
                    queue,
                    TestNode.worker(1, 1, HistoryRetention.DEFAULT),
                    TestNode.handler(Integer.class, (n, c) -> n));
            node.start();
            node.pgJobQ().queues().pause(queue);
            SentJob<Integer> sent = node.sender().to(queue).send(1, Integer.class);
            claim(67_000_000, sent.id());
            database.execute("select * from pgjobq.rescue(10)");
            JobOutcome<Integer> outcome = sent.completion().get(10, TimeUnit.SECONDS);
            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            JobOutcome.Dead.class,
                            dead -> assertThat(dead.error().type()).isEqualTo("lost"));
            assertThat(outcome.attempts()).isEqualTo(1);
        }
    }

    @Test
    @NotThroughPgBouncer(value = PgBouncerMode.POLL_ONLY, because = "it is about the listening connection")
    void aLostListenConnectionIsNoDeath() throws Exception {
        CuttableConnections network = new CuttableConnections(database);
        try (LogLines log = LogLines.capture();
                TestNode watcher = TestNode.listening(database, NodeIntegrationTests::quick)
                        .start();
                TestNode node =
                        TestNode.on(database.dataSource(), network, quick(TestNode.options(Duration.ofMinutes(10))))) {
            node.handle(queue, Integer.class, (number, context) -> number);
            node.start();
            long id = lastNode();
            for (int i = 0; i < 10; i++) {
                await().until(() -> network.count() > 0);
                network.drop();
                SentJob<Integer> sent = watcher.sender().to(queue).send(i, Integer.class);
                assertThat(sent.completion().get(10, TimeUnit.SECONDS).resultOrThrow())
                        .isEqualTo(i);
            }
            assertThat(log.with("declared dead")).isEmpty();
            assertThat(lastNode()).isEqualTo(id);
        }
    }

    @Test
    @NotThroughPgBouncer(value = PgBouncerMode.POLL_ONLY, because = "it is about the listening connection")
    void aNodeThatCantListenForAWhileIsNotDeclaredDead() throws Exception {
        CuttableConnections network = new CuttableConnections(database);
        try (LogLines log = LogLines.capture();
                TestNode watcher = TestNode.listening(database, NodeIntegrationTests::quick)
                        .start();
                TestNode node =
                        TestNode.on(database.dataSource(), network, quick(TestNode.options(Duration.ofMinutes(10))))) {
            node.start();
            long id = lastNode();
            String beating = "select count(*) from pgjobq.node where id = ? and session_lock = ?"
                    + " and heartbeat_at > clock_timestamp() - interval '200 milliseconds'";
            for (int i = 0; i < 8; i++) {
                await().until(() -> Long.valueOf(1).equals(database.queryOne(beating, Long.class, id, true)));
                network.cut();
                await().until(() -> !log.with("declared dead").isEmpty()
                        || Long.valueOf(1).equals(database.queryOne(beating, Long.class, id, false)));
                assertThat(log.with("declared dead")).isEmpty();
                network.mend();
            }
            assertThat(watcher.pgJobQ().isRunning()).isTrue();
        }
    }

    @Test
    void aClaimWhoseAnswerWasLostIsGivenBackByTidying() throws Exception {
        try (TestNode other = TestNode.listening(database).start()) {
            other.pgJobQ().queues().create(queue);
            SentJob<Integer> sent = other.sender().to(queue).send(1, Integer.class);
            // Maintenance tidies when it starts; the node's number is known before.
            database.execute(
                    "create function lose() returns trigger language plpgsql as $$ begin"
                            + " insert into pgjobq.claim (id, node_id, queue_id, lane, max_seq, seqs)"
                            + " select (new.id::bigint << 37) + 1000000, new.id, queue_id, 5, seq, array[seq] from pgjobq.job where id = "
                            + sent.id()
                            + "; return new; end $$; create trigger lose after insert on pgjobq.node for each row execute function lose()");
            try (LogLines log = LogLines.capture();
                    TestNode node = TestNode.listening(database)) {
                node.handle(queue, Integer.class, (number, context) -> context.attempt());
                node.start();
                assertThat(sent.completion().get(10, TimeUnit.SECONDS).resultOrThrow())
                        .as("uncharged")
                        .isEqualTo(1);
                assertThat(log.with("does not know of them")).isNotEmpty();
            } finally {
                database.execute("drop function lose cascade");
            }
        }
    }

    private void claim(int node, long job) {
        database.execute("""
                insert into pgjobq.claim (id, node_id, queue_id, lane, max_seq, seqs)
                select (%s::bigint << 37) + 1, %s, queue_id, lane, seq, array[seq] from pgjobq.job where id = %s""".formatted(node, node, job));
    }

    private long lastNode() {
        Long id = database.queryOne("select max(id) from pgjobq.node", Long.class);
        return id == null ? -1 : id;
    }

    private static NodeOptions quick(NodeOptions d) {
        return d.toBuilder().timeout(Duration.ofSeconds(3)).build();
    }
}
