package io.pgjobq.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.BackOff;
import io.pgjobq.Handler;
import io.pgjobq.JacksonPayloadConverter;
import io.pgjobq.internal.database.Database;
import io.pgjobq.internal.event.JobEvents;
import io.pgjobq.internal.node.Node;
import io.pgjobq.internal.node.RegisteredNode;
import io.pgjobq.internal.node.Unobserved;
import io.pgjobq.internal.notify.Doorbell;
import io.pgjobq.internal.schema.SchemaMigration;
import io.pgjobq.internal.settle.BatchSettler;
import io.pgjobq.internal.settle.ClaimBook;
import io.pgjobq.internal.settle.KeyedQueues;
import io.pgjobq.internal.settle.LimitedQueues;
import io.pgjobq.internal.settle.SettlementRecorder;
import io.pgjobq.internal.store.ClaimRequest;
import io.pgjobq.internal.store.ClaimedJob;
import io.pgjobq.internal.store.FinishedJobStore;
import io.pgjobq.internal.store.JobStore;
import io.pgjobq.internal.store.NewJob;
import io.pgjobq.internal.store.NodeStore;
import io.pgjobq.internal.store.QueueStore;
import io.pgjobq.internal.store.SettlementStore;
import io.pgjobq.internal.support.ManualTimer;
import io.pgjobq.internal.support.Vitals;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.AlsoWithoutListening;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A node that was frozen or cut off, at the moment at which it goes on and has not heard yet what became of it. */
@PostgresTest
@AlsoThroughPgBouncer
@AlsoWithoutListening
class SilentNodeIntegrationTests {

    private final TestDatabase server;
    private final JobStore jobs;
    private final int queue;
    private final RegisteredNode node;
    private final ClaimBook book = new ClaimBook();
    private final BatchSettler settler;
    private final JobRunner runner;
    private final Vitals vitals = new Vitals(Duration.ofSeconds(2), System::nanoTime);
    private final AtomicInteger started = new AtomicInteger();

    SilentNodeIntegrationTests(TestDatabase server) {
        this.server = server;
        new SchemaMigration(server.dataSource(), "pgjobq").migrate();
        Database database = new Database(server.dataSource(), "pgjobq");
        jobs = new JobStore(database);
        queue = new QueueStore(database).create("work");
        FinishedJobStore finished = new FinishedJobStore(database);
        finished.maintain();
        node = new RegisteredNode(
                new NodeStore(database), "test", Duration.ofSeconds(2), new Unobserved(), vitals, System::nanoTime);
        SettlementStore settlements = new SettlementStore(database);
        Doorbell doorbell = new Doorbell(new WorkFixture.Unheard(), null);
        settler = new BatchSettler(
                new SettlementRecorder(settlements, finished::maintain, book, doorbell, outcomes -> {}),
                new LimitedQueues(doorbell),
                new KeyedQueues((queue, ended) -> new long[0], doorbell),
                vitals,
                System::nanoTime);
        Handler handler = new Handler("handler", byte[].class, Set.of(), null, (payload, context) -> {
            started.incrementAndGet();
            return null;
        });
        Handlers handlers = new Handlers("work", List.of(handler));
        BeginBackOff backOff = new BeginBackOff("work", System::nanoTime);
        AttemptEnds ends = new AttemptEnds(
                handlers,
                new Verdicts(handlers, 10, BackOff.DEFAULT),
                (succeeded, completion) -> {},
                JobEvents.NONE,
                new FakeUpkeep(),
                backOff);
        runner = new JobRunner(
                handlers,
                new JacksonPayloadConverter(),
                WorkerStore.of(jobs, settlements),
                Runnable::run,
                backOff,
                new TimeLimits(Duration.ZERO, new ManualTimer(), ends, Runnable::run),
                JobEvents.NONE,
                ends);
        database.alone(connection -> jobs.sendAll(
                connection, new NewJob("work", 5, null, null, null, false), new String[] {"", ""}, new byte[][] {
                    {1}, {2}
                }));
    }

    @Test
    void startsNothingOfWhatItHoldsAndGivesItBackUncharged() throws Exception {
        settler.start();
        node.register();
        List<ClaimedJob> held = claim();

        run(held.get(0));
        assertThat(started).hasValue(1);
        await().until(node::mayBeDead);
        run(held.get(1));

        assertThat(started).as("while it is silent").hasValue(1);
        assertThat(settler.drain(Duration.ofSeconds(10))).isTrue();
        settler.stop(Duration.ofSeconds(1));
        node.register();
        assertThat(claim()).singleElement().satisfies(again -> {
            assertThat(again.id()).isEqualTo(held.get(1).id());
            assertThat(again.attempt()).isZero();
        });
        assertThat(node.mayBeDead()).isFalse();
        assertThat(server.queryOne("select count(*) from pgjobq.finished_job", Long.class))
                .isEqualTo(1);
    }

    private void run(ClaimedJob job) {
        Hold hold = Hold.of(node, book);
        runner.run(
                new JobRun(job, "work", 3, hold, () -> false, settler::settle, report -> {}, System::nanoTime),
                () -> {});
    }

    private List<ClaimedJob> claim() {
        Node.ClaimIds ids = node.nextClaims(2);
        List<ClaimedJob> claimed = jobs.claim(new ClaimRequest(
                        queue,
                        ids.by(),
                        ids.first() - 1,
                        2,
                        2,
                        new short[] {5},
                        new long[1],
                        new long[1],
                        new long[1],
                        null))
                .jobs();
        book.taken(claimed);
        return claimed;
    }
}
