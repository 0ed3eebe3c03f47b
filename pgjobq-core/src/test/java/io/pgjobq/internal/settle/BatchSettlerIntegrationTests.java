package io.pgjobq.internal.settle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.database.Database;
import io.pgjobq.internal.notify.Doorbell;
import io.pgjobq.internal.notify.Signal;
import io.pgjobq.internal.notify.SignalSink;
import io.pgjobq.internal.schema.SchemaMigration;
import io.pgjobq.internal.store.ClaimRequest;
import io.pgjobq.internal.store.ClaimedJob;
import io.pgjobq.internal.store.FinishedJobStore;
import io.pgjobq.internal.store.JobStore;
import io.pgjobq.internal.store.NewJob;
import io.pgjobq.internal.store.NodeStore;
import io.pgjobq.internal.store.QueueStore;
import io.pgjobq.internal.store.Registration;
import io.pgjobq.internal.store.Settlement;
import io.pgjobq.internal.store.SettlementStore;
import io.pgjobq.internal.store.StoredOutcome;
import io.pgjobq.internal.support.Vitals;
import io.pgjobq.test.AlsoOnOtherJdks;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

@PostgresTest
@AlsoThroughPgBouncer
@AlsoOnOtherJdks
class BatchSettlerIntegrationTests {

    private final TestDatabase server;
    private final Database database;
    private final NodeStore nodes;
    private final int queue;

    BatchSettlerIntegrationTests(TestDatabase server) {
        this.server = server;
        new SchemaMigration(server.dataSource(), "pgjobq").migrate();
        this.database = new Database(server.dataSource(), "pgjobq");
        this.nodes = new NodeStore(database);
        this.queue = new QueueStore(database).create("work");
        new FinishedJobStore(database).maintain();
    }

    @Test
    void twoAttemptsAtAJobThatEndAtTheSameTimeAreToldApart() throws Exception {
        JobStore jobs = new JobStore(database);
        database.alone(connection ->
                jobs.send(connection, new NewJob("work", 5, null, null, null, true), "", new byte[] {1}, null));
        ClaimedJob lost = claim(jobs);
        server.execute("delete from pgjobq.node");
        nodes.rescue(10);
        ClaimedJob again = claim(jobs);
        assertThat(again.id()).isEqualTo(lost.id());
        List<StoredOutcome> told = new ArrayList<>();
        BatchSettler settler = settler(told, lost, again);
        settler.settleAll(List.of(
                new Settlement.Succeeded(lost, 1, new byte[] {10}),
                new Settlement.Succeeded(again, 1, new byte[] {20})));

        settler.start();
        assertThat(settler.drain(Duration.ofSeconds(10))).isTrue();
        settler.stop(Duration.ofSeconds(1));

        assertThat(told).singleElement().satisfies(outcome -> {
            assertThat(outcome.attempts()).isEqualTo(2);
            assertThat(outcome.result()).containsExactly(20);
        });
    }

    @Test
    void anEndThatCannotBeStoredHurtsNoOtherJobOfItsClaim() throws Exception {
        JobStore jobs = new JobStore(database);
        NewJob job = new NewJob("work", 5, null, null, null, false);
        database.alone(connection ->
                jobs.sendAll(connection, job, new String[] {"", "", ""}, new byte[][] {{1}, {2}, {3}}));
        List<ClaimedJob> claimed = claim(jobs, 3);
        server.execute("alter table pgjobq.finished_job add constraint refused check (result <> '\\x63')");
        BatchSettler settler = settler(new ArrayList<>(), claimed.toArray(ClaimedJob[]::new));
        settler.settleAll(List.of(
                new Settlement.Succeeded(claimed.get(0), 1, new byte[] {1}),
                new Settlement.Succeeded(claimed.get(1), 1, new byte[] {0x63}),
                new Settlement.Succeeded(claimed.get(2), 1, new byte[] {3})));

        settler.start();
        assertThat(settler.drain(Duration.ofSeconds(10))).isTrue();
        settler.stop(Duration.ofSeconds(1));
        server.execute("alter table pgjobq.finished_job drop constraint refused");

        assertThat(claimed)
                .extracting(taken -> server.queryOne(
                        "select state::text from pgjobq.finished_job where id = ?", String.class, taken.id()))
                .containsExactly("succeeded", "dead", "succeeded");
        assertThat(server.queryOne("select count(*) from pgjobq.claim", Long.class))
                .isZero();
    }

    @Test
    void aJobOfWhichNoEndCanBeStoredIsFreeAgainAndHurtsNoOther() throws Exception {
        JobStore jobs = new JobStore(database);
        NewJob job = new NewJob("work", 5, null, null, null, false);
        database.alone(connection ->
                jobs.sendAll(connection, job, new String[] {"", "", ""}, new byte[][] {{1}, {2}, {3}}));
        List<ClaimedJob> claimed = claim(jobs, 3);
        long refused = claimed.get(1).id();
        server.execute("alter table pgjobq.finished_job add constraint refused check (id <> " + refused + ")");
        BatchSettler settler = settler(new ArrayList<>(), claimed.toArray(ClaimedJob[]::new));
        settler.settleAll(claimed.stream()
                .map(taken -> new Settlement.Succeeded(taken, 1, new byte[] {1}))
                .toList());

        settler.start();
        assertThat(settler.drain(Duration.ofSeconds(10))).isTrue();
        settler.stop(Duration.ofSeconds(1));
        server.execute("alter table pgjobq.finished_job drop constraint refused");

        assertThat(server.queryOne("select array_agg(id)::text from pgjobq.job", String.class))
                .isEqualTo("{" + refused + "}");
        assertThat(server.queryOne("select count(*) from pgjobq.claim", Long.class))
                .isZero();
        server.execute("delete from pgjobq.job");
    }

    @Test
    void resultsThatAreLargeTogetherAreRecordedInMoreThanOneStatement() throws Exception {
        JobStore jobs = new JobStore(database);
        NewJob job = new NewJob("work", 5, null, null, null, false);
        int count = 10;
        String[] types = new String[count];
        byte[][] payloads = new byte[count][];
        Arrays.fill(types, "");
        Arrays.fill(payloads, new byte[1]);
        database.alone(connection -> jobs.sendAll(connection, job, types, payloads));
        List<ClaimedJob> claimed = claim(jobs, count);
        BatchSettler settler = settler(new ArrayList<>(), claimed.toArray(ClaimedJob[]::new));
        byte[] result = new byte[6 * 1024 * 1024];
        settler.settleAll(claimed.stream()
                .map(taken -> new Settlement.Succeeded(taken, 1, result))
                .toList());

        settler.start();
        assertThat(settler.drain(Duration.ofSeconds(30))).isTrue();
        settler.stop(Duration.ofSeconds(1));

        assertThat(server.queryOne(
                        "select count(distinct xmin::text) from pgjobq.finished_job where octet_length(result) = 6291456",
                        Long.class))
                .as("three at a time")
                .isEqualTo(4);
        server.execute("delete from pgjobq.finished_job");
    }

    private ClaimedJob claim(JobStore jobs) {
        return claim(jobs, 1).get(0);
    }

    private List<ClaimedJob> claim(JobStore jobs, int limit) {
        int node = nodes.register(1, "test", Duration.ofSeconds(1), Duration.ofSeconds(15));
        ClaimRequest request = new ClaimRequest(
                queue,
                new Registration(node, 1),
                (long) node << 37,
                limit,
                limit,
                new short[] {5},
                new long[1],
                new long[1],
                new long[1],
                null);
        return jobs.claim(request).jobs();
    }

    private BatchSettler settler(List<StoredOutcome> told, ClaimedJob... held) {
        ClaimBook book = new ClaimBook();
        book.taken(List.of(held));
        SignalSink nobody = new SignalSink() {

            @Override
            public void receive(Signal signal) {}

            @Override
            public void resynchronize() {}
        };
        return new BatchSettler(
                new SettlementRecorder(
                        new SettlementStore(database),
                        new FinishedJobStore(database)::maintain,
                        book,
                        new Doorbell(nobody, null),
                        told::addAll),
                new LimitedQueues(new Doorbell(nobody, null)),
                new KeyedQueues((queue, ended) -> new long[0], new Doorbell(nobody, null)),
                new Vitals(Duration.ofSeconds(15), System::nanoTime),
                System::nanoTime);
    }
}
