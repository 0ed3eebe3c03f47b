package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.DeadJob;
import io.pgjobq.Handler;
import io.pgjobq.HistoryRetention;
import io.pgjobq.JobError;
import io.pgjobq.JobFilter;
import io.pgjobq.NodeOptions;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs that kill the process that runs them, each time, and the jobs that happen to be beside them. */
@PostgresTest
class PoisonJobIntegrationTests {

    private static final int INNOCENT = 200;
    private static final int CONCURRENCY = 10;

    private TestDatabase database;
    private String queue = "";
    private final CountDownLatch over = new CountDownLatch(1);
    private final List<Victim> dead = new ArrayList<>();

    /** Quarantined jobs that run at this moment, by node, and whether there were ever two. */
    private final Set<String> quarantine = ConcurrentHashMap.newKeySet();

    private volatile boolean together;

    /** Whether the jobs that stand next to the poison are still at work when it kills; else they may end before. */
    private boolean neighboursStay;

    record Work(int number, boolean poison) {}

    @BeforeEach
    void nameQueue(TestInfo test) {
        queue = test.getTestMethod().orElseThrow().getName();
    }

    @AfterEach
    void bury() {
        over.countDown();
        dead.parallelStream().forEach(victim -> {
            victim.network.mend();
            victim.node.close();
        });
        database.execute("drop schema if exists pgjobq cascade");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 100, 200})
    void aPoisonJobDiesAloneWhereverItStandsInTheLine(int place) throws Exception {
        send(Set.of(place));

        runNodesUntilAllIsOver(1, 3);

        assertThat(dead).hasSize(3);
        assertThatOnlyPoisonIsDead(1, 3);
    }

    @Test
    void severalPoisonJobsOnSeveralNodesDieAndNobodyElse() throws Exception {
        send(Set.of(0, 3, 90, 91));

        runNodesUntilAllIsOver(3, 8);

        assertThatOnlyPoisonIsDead(4, 8);
    }

    @Test
    void theJobsOfOtherQueuesLiveOnToo() throws Exception {
        send(Set.of(0, 50));
        queue += "_2";
        send(Set.of());

        runNodesUntilAllIsOver(1, 6);

        assertThat(together).as("two quarantined jobs at once on one node").isFalse();
        assertThat(count("finished_job where state = 'dead'")).isEqualTo(2);
        assertThat(count("finished_job where state = 'succeeded'")).isEqualTo(2 * INNOCENT);
    }

    @Test
    void withoutTheQuarantineLaneItsNeighboursDieToo() throws Exception {
        try (TestNode node = TestNode.polling(database.dataSource()).start()) {
            for (String name : List.of("rescue", "promote")) {
                String function = database.queryOne(
                        "select pg_get_functiondef(p.oid) from pg_proc p where p.proname = ?"
                                + " and p.pronamespace = 'pgjobq'::regnamespace",
                        String.class,
                        name);
                String apart = ">= 2 then 10 ";
                assertThat(function).contains(apart);
                database.execute(function.replace(apart, ">= 1000 then 10 "));
            }
            assertThat(node.pgJobQ().isRunning()).isTrue();
        }
        send(Set.of(0));
        neighboursStay = true;

        runNodesUntilAllIsOver(1, 3);

        assertThat(count("finished_job where state = 'dead'")).isGreaterThan(1);
    }

    @Test
    void aPoisonJobThatIsRedrivenIsQuarantinedAnew() throws Exception {
        send(Set.of(0));
        runNodesUntilAllIsOver(1, 3);
        try (TestNode node = TestNode.polling(database.dataSource())) {
            node.handle(queue, TestNode.concurrency(2), TestNode.handler(Work.class, (work, context) -> null));
            node.pgJobQ().queues().create(queue);
            assertThat(node.pgJobQ().deadJobs().redriveAll(JobFilter.queue(queue)))
                    .isEqualTo(1);
            assertThat(count("job where rescues is null and attempt = 0")).isEqualTo(1);
            node.start();
            await().until(() -> count("job") == 0);
        }
        assertThat(count("finished_job where state = 'succeeded'")).isEqualTo(INNOCENT + 1);
    }

    private void send(Set<Integer> poison) {
        int count = INNOCENT + poison.size();
        try (TestNode node = TestNode.polling(database.dataSource()).start()) {
            node.pgJobQ().queues().create(queue);
            node.sender()
                    .sendAll(
                            queue,
                            IntStream.range(0, count)
                                    .mapToObj(i -> new Work(i, poison.contains(i)))
                                    .toList());
        }
    }

    /** Each node is started again when it has died, as whoever looks after processes does. */
    private void runNodesUntilAllIsOver(int nodes, int maxAttempts) throws Exception {
        List<Victim> running = new ArrayList<>();
        while (count("job") > 0) {
            while (running.size() < nodes) {
                running.add(new Victim("victim-" + dead.size() + "-" + running.size(), maxAttempts));
            }
            await().pollInterval(Duration.ofMillis(5))
                    .until(() -> count("job") == 0 || running.stream().anyMatch(victim -> victim.dying));
            for (Victim victim : List.copyOf(running)) {
                if (victim.dying) {
                    running.remove(victim);
                    dead.add(victim);
                    victim.rescue();
                }
            }
        }
        over.countDown();
        running.forEach(victim -> victim.node.close());
    }

    private void assertThatOnlyPoisonIsDead(int poison, int attempts) {
        assertThat(together).as("two quarantined jobs at once on one node").isFalse();
        assertThat(count("finished_job where state = 'succeeded'")).isEqualTo(INNOCENT);
        try (TestNode node = TestNode.polling(database.dataSource()).start()) {
            List<DeadJob> buried = TestNode.dead(node.pgJobQ(), queue);
            assertThat(buried).hasSize(poison).allSatisfy(job -> {
                assertThat(job.payload()).asString().contains("\"poison\":true");
                assertThat(job.errors())
                        .hasSize(attempts)
                        .extracting(JobError::type)
                        .containsOnly("lost");
                assertThat(job.lastError().message())
                        .isEqualTo(
                                "the node that held the job is gone, as at %d of its %d attempts: the job may be"
                                        + " what kills its process",
                                attempts, attempts);
            });
        }
    }

    private long count(String what) {
        Long count = database.queryOne("select count(*) from pgjobq." + what, Long.class);
        return count == null ? -1 : count;
    }

    /** A node that dies of poison: from then on nothing of it reaches the server. */
    private final class Victim {

        private final String name;
        private final CuttableConnections network = new CuttableConnections(database);
        private final TestNode node;
        private final CountDownLatch killed = new CountDownLatch(1);
        private volatile boolean dying;

        Victim(String name, int maxAttempts) {
            this.name = name;
            NodeOptions d = TestNode.options(Duration.ofMillis(100));
            node = TestNode.on(
                    network.pool(database.pool(4)),
                    network,
                    d.toBuilder().name(name).build());
            Handler handler = TestNode.handler(Work.class, (work, context) -> {
                if (work.poison()) {
                    network.cut();
                    dying = true;
                    killed.countDown();
                } else if (neighboursStay && work.number() < CONCURRENCY) {
                    killed.await();
                }
                boolean quarantined = context.attempt() > 2;
                together |= quarantined && !quarantine.add(name);
                if (dying) {
                    over.await();
                }
                quarantine.remove(quarantined ? name : "");
                return null;
            });
            for (String each : node.pgJobQ().queues().names()) {
                node.handle(each, TestNode.worker(CONCURRENCY, maxAttempts, HistoryRetention.DEFAULT), handler);
            }
            node.start();
        }

        void rescue() {
            database.execute("delete from pgjobq.node where name = '" + name + "'");
            database.execute("select * from pgjobq.rescue(1000)");
        }
    }
}
