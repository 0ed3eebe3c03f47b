package io.pgjobq.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.Handler;
import io.pgjobq.Missed;
import io.pgjobq.NodeOptions;
import io.pgjobq.PgJobQ;
import io.pgjobq.Schedule;
import io.pgjobq.WorkerContainer;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

/** Twenty nodes send the jobs of schedules while they are killed and frozen: for each time one, and none is left out. */
@PostgresTest
class ScheduledFleetIntegrationTests {

    private static final int NODES = 20;
    private static final int SCHEDULES = 10;
    private static final String LOOK = " and s.next_at = p_expected[i]";
    private static final Duration LENGTH = Duration.ofSeconds(Integer.getInteger("pgjobq.simulation.seconds", 25));

    /** What was sent for each schedule: how many jobs, for how many times, and how many there are from the first to the last. */
    private static final String SENT =
            "select s.schedule || ': ' || s.jobs || ' jobs for ' || s.times || ' of ' || s.expected"
                    + " from (select j.attributes ->> 'pgjobq.schedule' as schedule, count(*) as jobs,"
                    + " count(distinct j.attributes ->> 'pgjobq.scheduled-at') as times,"
                    + " 1 + extract(epoch from max((j.attributes ->> 'pgjobq.scheduled-at')::timestamptz)"
                    + " - min((j.attributes ->> 'pgjobq.scheduled-at')::timestamptz))::bigint as expected"
                    + " from (select attributes from pgjobq.job union all select attributes from pgjobq.finished_job) j"
                    + " group by 1) s";

    private final TestDatabase database;
    private final List<Fleet> nodes = new ArrayList<>();
    private final List<Thread> undertakers = new ArrayList<>();

    ScheduledFleetIntegrationTests(TestDatabase database) {
        this.database = database;
    }

    /** A node and its network. */
    private record Fleet(PgJobQ pgJobQ, Network network) {

        static Fleet start(TestDatabase database, String name) {
            Network network = new Network(database.pool(3));
            PgJobQ pgJobQ = PgJobQ.builder(network)
                    .options(NodeOptions.builder()
                            .name(name)
                            .timeout(Duration.ofSeconds(2))
                            .pollInterval(Duration.ofMillis(500))
                            .build())
                    .listenConnections(() -> network.through(database.open()))
                    .build();
            pgJobQ.container("work", List.of(new Handler("work", byte[].class, Set.of(), null, (p, context) -> null)));
            for (int i = 0; i < SCHEDULES; i++) {
                pgJobQ.declareSchedule(Schedule.of("tick-" + i, "work")
                        .every(Duration.ofSeconds(1))
                        .missed(Missed.ALL)
                        .catchUp(1_000)
                        .build());
            }
            pgJobQ.start();
            pgJobQ.containers().forEach(WorkerContainer::start);
            return new Fleet(pgJobQ, network);
        }
    }

    @BeforeEach
    void empty() {
        database.execute("drop schema if exists pgjobq cascade");
        for (int i = 0; i < NODES; i++) {
            nodes.add(Fleet.start(database, "node-" + i));
        }
    }

    @Test
    void forEachTimeThereIsOneJobHoweverManyNodesAreKilledAndFrozen() throws Exception {
        int broken = 0;
        long end = System.nanoTime() + LENGTH.toNanos();
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(Duration.ofMillis(ThreadLocalRandom.current().nextInt(50, 400))
                    .toNanos());
            breakOne();
            broken++;
        }
        for (Thread undertaker : undertakers) {
            undertaker.join();
        }
        await().atMost(Duration.ofSeconds(30))
                .until(() -> count("job") + count("finished_job") >= SCHEDULES * LENGTH.toSeconds());
        nodes.forEach(node -> node.pgJobQ().close());

        List<String> sent = sent();
        System.out.printf("scheduled fleet: %d nodes, killed or frozen %d times, %s%n", NODES, broken, sent);
        assertThat(sent).hasSize(SCHEDULES).allMatch(ScheduledFleetIntegrationTests::isExact);
        assertThat(broken).isGreaterThan(20);
    }

    /** The control: did nobody look whether somebody was faster, this fleet would show it. */
    @Test
    void withoutTheLookAtTheTimeMoreThanOneIsSent() {
        String function = database.queryOne(
                "select pg_get_functiondef(p.oid) from pg_proc p where p.proname = 'fire_schedules' and"
                        + " p.pronamespace = 'pgjobq'::regnamespace",
                String.class);
        assertThat(function).contains(LOOK);
        database.execute(function.replace(LOOK, ""));

        await().atMost(Duration.ofSeconds(60))
                .until(() -> !sent().stream().allMatch(ScheduledFleetIntegrationTests::isExact));
        nodes.forEach(node -> node.pgJobQ().close());
    }

    private void breakOne() {
        Fleet victim = nodes.get(ThreadLocalRandom.current().nextInt(NODES));
        if (ThreadLocalRandom.current().nextBoolean()) {
            victim.network().cut();
            nodes.remove(victim);
            later(Duration.ZERO, victim.pgJobQ()::close);
            nodes.add(Fleet.start(database, "instead"));
        } else {
            victim.network().freeze();
            later(Duration.ofMillis(ThreadLocalRandom.current().nextInt(500, 3_500)), victim.network()::thaw);
        }
    }

    private List<String> sent() {
        return new JdbcTemplate(database.dataSource()).queryForList(SENT, String.class);
    }

    /** Whether there are as many jobs as times, and none is left out in between. */
    private static boolean isExact(String line) {
        String[] words = line.split(" ");
        return words[1].equals(words[4]) && words[1].equals(words[6]);
    }

    private long count(String table) {
        return database.queryOne("select count(*) from pgjobq." + table, Long.class);
    }

    private void later(Duration delay, Runnable what) {
        Thread thread = new Thread(
                () -> {
                    LockSupport.parkNanos(delay.toNanos());
                    what.run();
                },
                "undertaker");
        thread.start();
        undertakers.add(thread);
    }
}
