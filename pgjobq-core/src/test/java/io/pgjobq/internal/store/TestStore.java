package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.JobDescription;
import io.pgjobq.JobFilter;
import io.pgjobq.JobQuery;
import io.pgjobq.JobState;
import io.pgjobq.internal.database.Database;
import io.pgjobq.internal.schema.SchemaMigration;
import io.pgjobq.internal.store.Settlement.Failed;
import io.pgjobq.internal.store.Settlement.Failure;
import io.pgjobq.internal.store.Settlement.Released;
import io.pgjobq.internal.store.Settlement.Succeeded;
import io.pgjobq.test.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The stores on an empty schema, with one queue, and short ways to use them. Whoever waits for a lock fails soon. */
record TestStore(
        TestDatabase server,
        DataSource dataSource,
        Database database,
        JobStore jobs,
        SettlementStore settlements,
        NodeStore nodes,
        LaneStore lanes,
        QueueStore queues,
        FinishedJobStore finished,
        CancellationStore cancellations,
        DeadJobStore deadJobs,
        int queue) {

    static final String QUEUE = "emails";

    /** What all nodes of tests register with. */
    static final long TOKEN = 4_711;

    private static final AtomicLong CLAIMS = new AtomicLong();

    static TestStore emptyOn(TestDatabase server) {
        server.execute("alter database " + server.name() + " set lock_timeout = '15s'");
        new SchemaMigration(server.dataSource(), "pgjobq").migrate();
        // What a test before left open ends with its connection, but a moment later, and holds its locks until then.
        await().untilAsserted(() -> assertThat(server.queryOne(
                        "select count(*) from pg_stat_activity where datname = current_database()"
                                + " and backend_type = 'client backend' and pid <> pg_backend_pid() and xact_start is not null",
                        Long.class))
                .as("open transactions")
                .isZero());
        // Faster than truncate, which makes and syncs new files.
        for (String table : List.of(
                "job",
                "job_key",
                "job_deadline",
                "job_progress",
                "claim",
                "cancellation",
                "schedule",
                "schedule_node",
                "node",
                "queue_rate",
                "key_hold",
                "queue",
                "finished_job")) {
            server.execute("delete from pgjobq." + table);
        }
        TestStore store = on(server, server.dataSource(), "pgjobq");
        store.finished.maintain();
        return store;
    }

    static TestStore on(TestDatabase server, DataSource dataSource, String schema) {
        Database database = new Database(dataSource, schema);
        QueueStore queues = new QueueStore(database);
        return new TestStore(
                server,
                dataSource,
                database,
                new JobStore(database),
                new SettlementStore(database),
                new NodeStore(database),
                new LaneStore(database),
                queues,
                new FinishedJobStore(database),
                new CancellationStore(database),
                new DeadJobStore(database),
                queues.create(QUEUE));
    }

    /** The assignments that let a job wait until then. */
    static String waitsUntil(String moment) {
        return "lane = 11, seq = (extract(epoch from " + moment + ") * 1000000)::bigint";
    }

    /** Cancels a job that nobody holds, and says whether it did. */
    boolean cancel(long id) {
        return cancellations.cancel(id, null).name().startsWith("CANCELLED");
    }

    int node() {
        return nodes.register(TOKEN, "test", Duration.ofSeconds(1), Duration.ofSeconds(12));
    }

    static Registration registration(int node) {
        return new Registration(node, TOKEN);
    }

    void leave(int node) {
        nodes.unregister(registration(node));
    }

    NodeRegistry.HeartbeatResult heartbeat(int node) {
        return heartbeat(registration(node));
    }

    /** On a connection of the pool, which holds no session lock. */
    NodeRegistry.HeartbeatResult heartbeat(Registration registration) {
        return heartbeat(registration, new int[] {queue});
    }

    NodeRegistry.HeartbeatResult heartbeat(Registration registration, int[] expected) {
        return database.alone(connection -> nodes.heartbeat(connection, registration, false, expected));
    }

    List<HeldJob> held(int node) {
        return nodes.held(registration(node));
    }

    static NewJob job(int priority) {
        return new NewJob(QUEUE, priority, null, null, null, false);
    }

    static NewJob awaitedJob() {
        return new NewJob(QUEUE, 5, null, null, null, true);
    }

    static NewJob delayedJob(long millis) {
        return new NewJob(QUEUE, 5, millis, null, null, false);
    }

    long send() {
        return send(job(5), "");
    }

    long send(NewJob job, String type) {
        return send(job, type, bytes("{}"));
    }

    long send(NewJob job, String type, byte[] payload) {
        InsertedJobs stored = database.alone(connection -> jobs.send(connection, job, type, payload, null));
        return Objects.requireNonNull(stored).ids()[0];
    }

    /** Sends a job that the node takes if there is nothing before it from that seq on, in no lane. */
    SentClaimed sendClaimed(int node, int priority, long from) {
        long[] lanes = new long[priority + 1];
        Arrays.fill(lanes, from);
        SlotClaim place =
                new SlotClaim(queue, registration(node), ((long) node << 37) | CLAIMS.getAndIncrement(), lanes);
        return Objects.requireNonNull(jobs.sendClaimed(job(priority), "", bytes("{}"), place));
    }

    List<Long> sendAll(int priority, int count) {
        String[] types = new String[count];
        byte[][] payloads = new byte[count][];
        Arrays.fill(types, "");
        Arrays.fill(payloads, bytes("{}"));
        InsertedJobs stored = database.alone(connection -> jobs.sendAll(connection, job(priority), types, payloads));
        return list(Objects.requireNonNull(stored).ids());
    }

    /** All lanes from their beginnings. */
    ClaimRequest request(int node, int limit) {
        return request(node, limit, null, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    }

    ClaimRequest request(int node, int limit, String @Nullable [] types, int... lanes) {
        short[] numbers = new short[lanes.length];
        for (int i = 0; i < lanes.length; i++) {
            numbers[i] = (short) lanes[i];
        }
        long first = ((long) node << 37) | CLAIMS.getAndAdd(lanes.length);
        long[] zeros = new long[lanes.length];
        return new ClaimRequest(queue, registration(node), first, limit, limit, numbers, zeros, zeros, zeros, types);
    }

    ClaimRequest requestFrom(int node, int limit, int lane, long from) {
        ClaimRequest r = request(node, limit, null, lane);
        return new ClaimRequest(
                r.queue(), r.node(), r.claim(), limit, limit, r.lanes(), new long[] {from}, r.last(), r.told(), null);
    }

    /** Of a node that goes on where it stopped, and was told of jobs from that seq on. */
    ClaimRequest requestAfter(Claimed last, int limit, long told) {
        ClaimedJob job = last.jobs().get(last.jobs().size() - 1);
        ClaimRequest r = requestFrom((int) (job.claim() >> 37), limit, job.priority(), job.seq() + 1);
        return new ClaimRequest(
                r.queue(),
                r.node(),
                r.claim(),
                limit,
                limit,
                r.lanes(),
                r.from(),
                new long[] {last.look()},
                new long[] {told},
                null);
    }

    List<ClaimedJob> claim(int node, int limit) {
        return jobs.claim(request(node, limit)).jobs();
    }

    ClaimedJob claimOne(int node) {
        return claim(node, 1).get(0);
    }

    static List<Succeeded> succeeded(List<ClaimedJob> batch) {
        return batch.stream().map(job -> new Succeeded(job, 1_000, null)).toList();
    }

    SettledSuccesses succeed(List<ClaimedJob> batch, long... emptied) {
        return settlements.succeeded(succeeded(batch), emptied);
    }

    List<SettledFailure> fail(ClaimedJob job, @Nullable Long retryInMillis) {
        return settlements.failed(
                List.of(new Failed(job, 1_000, new Failure("a.Type", "a message", "a stack"), retryInMillis)));
    }

    List<Long> release(List<ClaimedJob> batch, long... emptied) {
        return list(settlements.released(batch.stream().map(Released::new).toList(), emptied)).stream()
                .distinct()
                .toList();
    }

    /** Removes what deleted queues have left, all of it if that isn't much; returns the jobs that somebody waits for. */
    long[] purge() {
        return queues.purge(QueueStore.PURGED_AT_ONCE).awaited();
    }

    /** Makes some of the queue's dead jobs ready again, the oldest deaths first. */
    DeadJobStore.Part redrive(int limit) {
        return deadJobs.redriveSome(queue, JobFilter.queue(QUEUE), limit, null, null, null);
    }

    /** The dead jobs of the queue, the latest first. */
    List<Long> dead() {
        JobQuery query =
                JobQuery.of(JobFilter.queue(QUEUE)).states(JobState.DEAD).pageSize(1_000);
        return lists(10_000).dead(queue, query, null).jobs().stream()
                .map(JobDescription::id)
                .toList();
    }

    /** Looks at so many rows for a page. */
    ListStore lists(int looks) {
        return new ListStore(database, looks);
    }

    StoredOutcome outcome(long id) {
        return finished.outcomes(new long[] {id}).get(0);
    }

    TransactionTemplate transaction() {
        return new TransactionTemplate(new DataSourceTransactionManager(dataSource));
    }

    long count(String tableAndCondition) {
        return Objects.requireNonNull(server.queryOne("select count(*) from pgjobq." + tableAndCondition, Long.class));
    }

    <T> T value(String sql, Class<T> type) {
        return Objects.requireNonNull(server.queryOne(sql, type));
    }

    static List<Long> ids(List<ClaimedJob> jobs) {
        return jobs.stream().map(ClaimedJob::id).toList();
    }

    static List<Long> list(long[] values) {
        List<Long> list = new ArrayList<>();
        for (long value : values) {
            list.add(value);
        }
        return list;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
