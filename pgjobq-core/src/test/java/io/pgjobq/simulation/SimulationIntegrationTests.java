package io.pgjobq.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.simulation.SimulatedNode.Handling;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.AlsoWithoutListening;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * The protocol's invariants on the shipped code. {@code -Dpgjobq.simulation.seconds=…} runs it longer. The negative controls
 * take out what the protocol rests on, and must be seen.
 */
@PostgresTest
@AlsoThroughPgBouncer
@AlsoWithoutListening
class SimulationIntegrationTests {

    private static final Duration LENGTH = Duration.ofSeconds(Integer.getInteger("pgjobq.simulation.seconds", 15));

    private static final Handling USUAL = new Handling(0.05, 0);

    /** Their types are numbers. */
    private static final String OF_SENDERS =
            " from pgjobq.finished_job where type <> '" + SimulatedSchedules.TYPE + "'";

    private final TestDatabase database;
    private final SingleConnectionDataSource observer;
    private final JdbcTemplate jdbc;
    private final Ledger ledger = new Ledger();
    private final Turns turns = new Turns(ledger);
    private final List<SimulatedNode> nodes = new CopyOnWriteArrayList<>();
    private final List<Thread> undertakers = new ArrayList<>();
    private volatile boolean sending = true;
    private Handling handling = USUAL;

    SimulationIntegrationTests(TestDatabase database) {
        this.database = database;
        this.observer =
                new SingleConnectionDataSource(database.directUrl(), database.username(), database.password(), true);
        this.jdbc = new JdbcTemplate(observer);
        jdbc.execute("set application_name = '" + Backup.OBSERVER + "'");
    }

    @AfterEach
    void close() {
        observer.destroy();
    }

    @Test
    void nothingIsLostAndNothingIsDoneTwice() throws Exception {
        prepare(USUAL);
        SimulatedSchedules schedules = new SimulatedSchedules(database);
        schedules.start();
        List<Thread> senders = startSenders(4);
        int kills = 0;
        int zombies = 0;
        long end = System.nanoTime() + LENGTH.toNanos();
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(Duration.ofMillis(400).toNanos());
            findDoubleClaims();
            switch (ThreadLocalRandom.current().nextInt(6)) {
                case 0 -> {
                    replaceOne();
                    kills++;
                }
                case 1 -> {
                    freezeOne();
                    zombies++;
                }
                default -> {}
            }
        }
        schedules.stop();
        end(senders, kills + " kills, " + zombies + " zombies");
        System.out.printf("simulation: %d jobs of schedules%n", SimulatedSchedules.audit(jdbc));
    }

    /** Nodes that were started since the copy was made have numbers that are given out again, as their jobs have. */
    @Test
    void nothingIsRecordedThatDidNotRunAlthoughTheDatabaseGoesBackInTime() throws Exception {
        prepare(new Handling(0.05, 0.02));
        List<Thread> senders = startSenders(4);
        Backup backup = new Backup(database);
        int rewound = 0;
        long end = System.nanoTime() + LENGTH.toNanos();
        while (System.nanoTime() < end) {
            pause(200, 1_500);
            backup.take();
            for (int i = ThreadLocalRandom.current().nextInt(nodes.size()); i > 0; i--) {
                replaceOne();
            }
            for (int i = ThreadLocalRandom.current().nextInt(1, 3); i > 0; i--) {
                pause(50, 1_500);
                findDoubleClaims();
                ledger.rewinding();
                ledger.rewound(backup.putBack());
                rewound++;
            }
            pause(50, 4_000);
            findDoubleClaims();
        }
        end(senders, "rewound " + rewound + " times");
    }

    private static void pause(int least, int most) {
        LockSupport.parkNanos(Duration.ofMillis(ThreadLocalRandom.current().nextInt(least, most))
                .toNanos());
    }

    private void end(List<Thread> senders, String what) throws InterruptedException {
        sending = false;
        for (Thread sender : senders) {
            sender.join();
        }
        await("all jobs to end").atMost(Duration.ofSeconds(60)).until(() -> left() == 0);
        await("all requests to cancel to be dealt with")
                .atMost(Duration.ofSeconds(60))
                .until(() -> requests() == 0);
        finish();
        System.out.printf(
                "simulation: %d committed, %d cancelled, %d starts, %d repeated, %s, %d silences, %d excused,"
                        + " violations %s%n",
                ledger.committed().size(),
                ledger.cancelled().size(),
                ledger.starts(),
                ledger.repeats(),
                what,
                nodes.stream().mapToInt(SimulatedNode::silences).sum(),
                ledger.excused(),
                ledger.violations());
        assertThat(ledger.violations()).isEmpty();
        audit();
    }

    @Test
    void withoutTheLockJobsAreTakenTwice() throws Exception {
        prepare(new Handling(0, 0));
        replaceInClaim("v_locked := pg_advisory_xact_lock", "v_locked := concat");
        assertThatDoubleClaimsAreSeen();
    }

    @Test
    void withoutTheAntiJoinJobsAreTakenTwice() throws Exception {
        prepare(new Handling(0, 0));
        replaceInClaim("and c.max_seq >= v_from)", "and false)");
        assertThatDoubleClaimsAreSeen();
    }

    @Test
    void withoutALookAtWhatIsHeldJobsOfAKeyRunAtOnce() throws Exception {
        prepare(new Handling(0, 0.02));
        replaceIn("take_keyed", "p_most - count(*)", "p_most");
        assertThatAViolationIsSeen(startSenders(4), () -> {});
    }

    @Test
    void withoutTheOrderOfTheLineLaterJobsOfAKeyRunFirst() throws Exception {
        prepare(new Handling(0.5, 0));
        replaceIn(
                "take_keyed", "order by j.id\n                        limit h.may", "order by j.id desc\n limit h.may");
        assertThatAViolationIsSeen(startSenders(4), () -> {});
    }

    /** Somebody takes nodes for dead that show in time that they live. */
    @Test
    void withoutPatienceJobsRunTwice() throws Exception {
        prepare(new Handling(0, 0.02));
        List<Thread> senders = startSenders(4);
        assertThatAViolationIsSeen(
                senders, () -> jdbc.update("delete from pgjobq.node where id = (select min(id) from pgjobq.node)"));
    }

    private void prepare(Handling newHandling) {
        handling = newHandling;
        jdbc.execute("drop table if exists effect");
        jdbc.execute("create table effect (job bigint primary key)");
        jdbc.execute("drop schema if exists pgjobq cascade");
        for (int i = 0; i < 4; i++) {
            nodes.add(new SimulatedNode("node-" + i, database, ledger, turns, handling).start());
        }
    }

    private List<Thread> startSenders(int count) {
        List<Thread> senders = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Thread sender = new Thread(new Sender(database, ledger, turns, () -> sending), "sender-" + i);
            sender.start();
            senders.add(sender);
        }
        return senders;
    }

    private void assertThatDoubleClaimsAreSeen() throws Exception {
        assertThatAViolationIsSeen(startSenders(4), this::findDoubleClaims);
    }

    private void assertThatAViolationIsSeen(List<Thread> senders, Runnable step) throws InterruptedException {
        await("a violation")
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> {
                    step.run();
                    return !ledger.violations().isEmpty();
                });
        sending = false;
        for (Thread sender : senders) {
            sender.join();
        }
        finish();
    }

    private void replaceInClaim(String part, String replacement) {
        replaceIn("claim", part, replacement);
    }

    private void replaceIn(String name, String part, String replacement) {
        String function = database.queryOne(
                "select pg_get_functiondef(p.oid) from pg_proc p where p.proname = '" + name + "' and"
                        + " p.pronamespace = 'pgjobq'::regnamespace",
                String.class);
        assertThat(function).contains(part);
        database.execute(function.replace(part, replacement));
    }

    private void findDoubleClaims() {
        List<Long> twice = jdbc.queryForList(
                "select j.id from pgjobq.claim c cross join unnest(c.seqs) as s (seq) join pgjobq.job j on j.seq = s.seq"
                        + " group by j.id having count(*) > 1",
                Long.class);
        twice.forEach(id -> ledger.violation("job " + id + " is held by two claims"));
        List<String> shared = jdbc.queryForList(
                "select j.unique_key from pgjobq.job j where j.unique_key is not null"
                        + " group by j.queue_id, j.unique_key having count(*) > 1",
                String.class);
        shared.forEach(key -> ledger.violation("two jobs have the key " + key));
    }

    private void replaceOne() {
        SimulatedNode victim = nodes.remove(ThreadLocalRandom.current().nextInt(nodes.size()));
        victim.kill();
        bury(victim);
        nodes.add(new SimulatedNode(victim + "'", database, ledger, turns, handling).start());
    }

    /** What is left of a killed node in this process ends in the background. */
    private void bury(SimulatedNode victim) {
        Thread undertaker = new Thread(victim::close, "undertaker");
        undertaker.start();
        undertakers.add(undertaker);
    }

    private void freezeOne() {
        SimulatedNode victim = nodes.get(ThreadLocalRandom.current().nextInt(nodes.size()));
        victim.freeze();
        Thread thawing = new Thread(
                () -> {
                    LockSupport.parkNanos(
                            Duration.ofMillis(ThreadLocalRandom.current().nextInt(1_000, 3_500))
                                    .toNanos());
                    victim.thaw();
                },
                "thawing");
        thawing.start();
        undertakers.add(thawing);
    }

    private long left() {
        Long left = jdbc.queryForObject("select count(*) from pgjobq.job", Long.class);
        return left == null ? -1 : left;
    }

    private long requests() {
        Long left = jdbc.queryForObject("select count(*) from pgjobq.cancellation", Long.class);
        return left == null ? -1 : left;
    }

    private void finish() throws InterruptedException {
        for (Thread undertaker : undertakers) {
            undertaker.join();
        }
        nodes.forEach(SimulatedNode::close);
    }

    private void audit() {
        List<Long> finished = jdbc.queryForList("select type::bigint" + OF_SENDERS, Long.class);
        assertThat(finished).as("each finished job once").doesNotHaveDuplicates();
        assertThat(finished).as("what was committed is finished").containsAll(ledger.committed());
        assertThat(ledger.possible()).as("what is finished was committed").containsAll(finished);
        assertThat(ledger.ran())
                .as("what succeeded has run")
                .containsAll(
                        jdbc.queryForList("select type::bigint" + OF_SENDERS + " and state = 'succeeded'", Long.class));
        assertThat(jdbc.queryForList(
                        "select type || ' ended with ' || convert_from(result, 'UTF8')" + OF_SENDERS
                                + " and state = 'succeeded' and convert_from(result, 'UTF8') is distinct from type"
                                + " and queue_id <> (select id from pgjobq.queue where name = 'batched')",
                        String.class))
                .as("each has its own result")
                .isEmpty();
        assertThat(jdbc.queryForObject(
                        "select count(*) from pgjobq.finished_job f join pgjobq.queue q on q.id = f.queue_id"
                                + " where q.name = 'own' and f.state = 'succeeded'",
                        Long.class))
                .as("jobs that nodes sent themselves")
                .isPositive();
        Set<Long> joint = new HashSet<>(jdbc.queryForList(
                "select f.type::bigint from pgjobq.finished_job f join pgjobq.queue q on q.id = f.queue_id"
                        + " where q.name in ('joint', 'batched') and f.state = 'succeeded'",
                Long.class));
        Set<Long> effects = new HashSet<>(jdbc.queryForList("select job from effect", Long.class));
        assertThat(effects).as("effects = successes").isEqualTo(joint);
        assertThat(jdbc.queryForObject("select count(*) from pgjobq.claim", Long.class))
                .as("claims left")
                .isZero();
        assertThat(new HashSet<>(
                        jdbc.queryForList("select type::bigint" + OF_SENDERS + " and state = 'cancelled'", Long.class)))
                .as("what was cancelled while nobody held it has ended so")
                .containsAll(ledger.cancelled());
    }
}
