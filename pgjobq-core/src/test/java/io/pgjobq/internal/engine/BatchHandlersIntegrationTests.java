package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.BatchJob;
import io.pgjobq.CancelResult;
import io.pgjobq.ContainerOptions;
import io.pgjobq.Handler;
import io.pgjobq.Handler.Batching;
import io.pgjobq.HistoryRetention;
import io.pgjobq.JobOutcome;
import io.pgjobq.NonRetryableJobException;
import io.pgjobq.QueueOptions;
import io.pgjobq.SentJob;
import io.pgjobq.test.AlsoOnOtherJdks;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.AlsoWithoutListening;
import io.pgjobq.test.LogLines;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import io.pgjobq.test.TestOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

/** Handlers that are called with many jobs at once: each inserts a row for each of its jobs. */
@PostgresTest
@AlsoThroughPgBouncer
@AlsoWithoutListening
@AlsoOnOtherJdks
class BatchHandlersIntegrationTests {

    private static final Duration SHORT = Duration.ofMillis(100);

    /** Longer than any test. */
    private static final Duration LONG = Duration.ofMinutes(1);

    private final TestDatabase database;
    private final JdbcTemplate jdbc;

    /** The numbers with which the handler was called, call by call. */
    private final BlockingQueue<List<Integer>> calls = new LinkedBlockingQueue<>();

    BatchHandlersIntegrationTests(TestDatabase database) {
        this.database = database;
        this.jdbc = new JdbcTemplate(database.dataSource());
    }

    @BeforeEach
    void empty() {
        database.execute("drop schema if exists pgjobq cascade");
        database.execute("create table line (number integer, xid bigint default txid_current())");
    }

    @AfterEach
    void dropLines() {
        database.execute("drop table line");
    }

    private TransactionOperations transaction() {
        return new TransactionTemplate(new DataSourceTransactionManager(database.dataSource()));
    }

    private Handler handler(int size, Duration wait, Handler.BatchInvocation<Integer> more) {
        return handler(transaction(), size, wait, more);
    }

    private Handler handler(
            @Nullable TransactionOperations transaction,
            int size,
            Duration wait,
            Handler.BatchInvocation<Integer> more) {
        return Handler.ofBatches(
                "lines", Integer.class, Set.of("Integer"), transaction, new Batching(size, wait), jobs -> {
                    calls.add(jobs.stream().map(BatchJob::payload).toList());
                    for (BatchJob<Integer> job : jobs) {
                        jdbc.update("insert into line (number) values (?)", job.payload());
                    }
                    more.invoke(jobs);
                });
    }

    private List<SentJob<Void>> send(TestNode node, int count) {
        node.pgJobQ().queues().create("lines");
        return node.sender()
                .sendAll("lines", IntStream.rangeClosed(1, count).boxed().toList());
    }

    private static JobOutcome<Void> outcome(SentJob<Void> sent) throws Exception {
        return sent.completion().get(20, TimeUnit.SECONDS);
    }

    private List<Integer> lines() {
        return jdbc.queryForList("select number from line order by number", Integer.class);
    }

    private long transactions() {
        return database.queryOne("select count(distinct xid) from line", Long.class);
    }

    private List<Integer> call() throws InterruptedException {
        List<Integer> call = calls.poll(20, TimeUnit.SECONDS);
        assertThat(call).as("call of the handler").isNotNull();
        return call;
    }

    @Test
    void aFullBatchRunsInOneTransactionInTheOrderOfSending() throws Exception {
        try (TestNode node = TestNode.listening(database).start()) {
            List<SentJob<Void>> sent = send(node, 1_000);
            node.handle("lines", TestNode.concurrency(1), handler(500, LONG, jobs -> {}));
            for (SentJob<Void> job : sent) {
                assertThat(outcome(job)).isInstanceOf(JobOutcome.Succeeded.class);
            }
        }
        assertThat(calls)
                .containsExactly(
                        IntStream.rangeClosed(1, 500).boxed().toList(),
                        IntStream.rangeClosed(501, 1_000).boxed().toList());
        assertThat(lines()).hasSize(1_000);
        assertThat(transactions()).isEqualTo(2);
        assertThat(database.queryOne("select count(*) from pgjobq.claim", Long.class))
                .as("claims left")
                .isZero();
    }

    @Test
    void fewerJobsRunWhenTheFirstHasWaited() throws Exception {
        try (TestNode node = TestNode.listening(database)) {
            node.handle("lines", TestNode.concurrency(2), handler(500, SHORT, jobs -> {}));
            node.start();
            // Sent one by one, the first of them together with its claim.
            List<SentJob<Void>> sent = new ArrayList<>();
            long begun = System.nanoTime();
            for (int number = 1; number <= 3; number++) {
                sent.add(node.sender().send("lines", number));
            }
            for (SentJob<Void> job : sent) {
                assertThat(outcome(job)).isInstanceOf(JobOutcome.Succeeded.class);
            }
            assertThat(System.nanoTime() - begun).isGreaterThan(SHORT.toNanos());
        }
        assertThat(lines()).containsExactly(1, 2, 3);
    }

    @Test
    void aJobThatIsFailedApartIsTriedAgainAndTheRestSucceeds() throws Exception {
        try (TestNode node = TestNode.listening(database).start()) {
            List<SentJob<Void>> sent = send(node, 10);
            node.handle(
                    "lines",
                    TestNode.concurrency(1),
                    handler(
                            10,
                            SHORT,
                            jobs -> jobs.stream()
                                    .filter(job -> job.payload() == 4)
                                    .forEach(job -> job.fail(new NonRetryableJobException("four")))));
            for (int i = 0; i < 10; i++) {
                assertThat(outcome(sent.get(i)))
                        .isInstanceOf(i == 3 ? JobOutcome.Dead.class : JobOutcome.Succeeded.class);
            }
        }
        assertThat(calls).hasSize(1);
        assertThat(transactions()).isEqualTo(1);
    }

    @Test
    void afterAFailureAsAWholeNothingIsLeftAndItsJobsRunAlone() throws Exception {
        try (TestNode node = TestNode.listening(database).start()) {
            List<SentJob<Void>> sent = send(node, 10);
            node.handle("lines", TestNode.worker(1, 2, HistoryRetention.DEFAULT), handler(10, SHORT, jobs -> {
                if (jobs.stream().anyMatch(job -> job.payload() == 4)) {
                    throw new IllegalStateException("poison");
                }
            }));
            for (int i = 0; i < 10; i++) {
                JobOutcome<Void> outcome = outcome(sent.get(i));
                assertThat(outcome).isInstanceOf(i == 3 ? JobOutcome.Dead.class : JobOutcome.Succeeded.class);
                assertThat(outcome.attempts()).isEqualTo(2);
            }
        }
        assertThat(lines()).containsExactly(1, 2, 3, 5, 6, 7, 8, 9, 10);
        assertThat(transactions()).isEqualTo(9);
        assertThat(calls).hasSize(11);
        assertThat(call()).hasSize(10);
        assertThat(calls).allSatisfy(call -> assertThat(call).hasSize(1));
    }

    @Test
    void aBatchThatWasTakenAwayFromItsNodeIsRolledBack() throws Exception {
        AtomicBoolean taken = new AtomicBoolean();
        try (LogLines log = LogLines.capture();
                TestNode node = TestNode.listening(database).start()) {
            List<SentJob<Void>> sent = send(node, 5);
            node.handle("lines", TestNode.concurrency(1), handler(5, SHORT, jobs -> {
                if (!taken.getAndSet(true)) {
                    // As whoever rescues what a dead node held.
                    database.execute("delete from pgjobq.claim");
                }
            }));
            await().until(() ->
                    !log.with("its batch was rolled back, as 5 jobs were").isEmpty());
            database.execute("select pg_notify('pgjobq_jobs', 'l' || id) from pgjobq.queue where name = 'lines'");
            for (SentJob<Void> job : sent) {
                assertThat(outcome(job).attempts()).isEqualTo(1);
            }
            assertThat(log.with("since the job was taken away from this node"))
                    .as("said once")
                    .hasSize(1);
        }
        assertThat(lines()).containsExactly(1, 2, 3, 4, 5);
        assertThat(calls).hasSize(2);
        assertThat(transactions()).isEqualTo(1);
    }

    @Test
    void aStopGivesBackWhatWaitsForOthers() {
        try (TestNode node = TestNode.listening(database).start()) {
            send(node, 3);
            var container = node.handle("lines", TestNode.concurrency(1), handler(10, LONG, jobs -> {}));
            await().until(() -> claimed() == 1);
            container.stop();
            assertThat(claimed()).isZero();
            assertThat(calls).isEmpty();
            assertThat(database.queryOne("select count(*) from pgjobq.job where attempt = 0", Long.class))
                    .isEqualTo(3);
        }
    }

    @Test
    void aBatchThatRunsTooLongAfterAStopIsInterruptedAndGivenBackUncharged() throws Exception {
        TestOptions impatient = new TestOptions(
                QueueOptions.DEFAULT,
                ContainerOptions.builder().shutdownTimeout(Duration.ZERO).build());
        try (LogLines log = LogLines.capture();
                TestNode node = TestNode.listening(database).start()) {
            send(node, 5);
            var container = node.handle("lines", impatient, handler(5, SHORT, jobs -> new CountDownLatch(1).await()));
            assertThat(call()).hasSize(5);
            container.stop();
            assertThat(log.with("since the shutdown interrupted it"))
                    .as("said once")
                    .hasSize(1);
            assertThat(claimed()).isZero();
        }
        assertThat(lines()).isEmpty();
        assertThat(database.queryOne("select count(*) from pgjobq.job where attempt = 0", Long.class))
                .isEqualTo(5);
    }

    private long claimed() {
        return database.queryOne("select count(*) from pgjobq.claim", Long.class);
    }

    @Test
    void aQueueMayHaveHandlersOfBothKinds() throws Exception {
        BlockingQueue<String> singles = new LinkedBlockingQueue<>();
        try (TestNode node = TestNode.listening(database).start()) {
            node.pgJobQ().queues().create("lines");
            List<SentJob<Void>> sent = new ArrayList<>();
            for (int number = 1; number <= 20; number++) {
                sent.add(node.sender().send("lines", number));
                sent.add(node.sender().send("lines", "s" + number));
            }
            node.handle(
                    "lines",
                    TestNode.concurrency(1),
                    handler(10, LONG, jobs -> {}),
                    TestNode.handler(String.class, (text, context) -> singles.add(text) ? null : text));
            for (SentJob<Void> job : sent) {
                assertThat(outcome(job)).isInstanceOf(JobOutcome.Succeeded.class);
            }
        }
        assertThat(calls).hasSize(2).allSatisfy(call -> assertThat(call).hasSize(10));
        assertThat(singles).hasSize(20);
        assertThat(lines()).hasSize(20);
    }

    @Test
    void aJobThatIsCancelledWhileItsBatchRunsLeavesNothingAndTheOthersRunWithoutIt() throws Exception {
        CountDownLatch cancelled = new CountDownLatch(1);
        try (TestNode node = TestNode.listening(database).start()) {
            List<SentJob<Void>> sent = send(node, 5);
            node.handle("lines", TestNode.concurrency(1), handler(5, SHORT, jobs -> {
                cancelled.await();
                await().until(() -> jobs.size() < 5 || jobs.get(2).context().isCancelled());
            }));
            assertThat(call()).hasSize(5);
            assertThat(node.jobs().cancel(sent.get(2).id(), "gone")).isEqualTo(CancelResult.REQUESTED);
            cancelled.countDown();
            for (int i = 0; i < 5; i++) {
                JobOutcome<Void> outcome = outcome(sent.get(i));
                assertThat(outcome).isInstanceOf(i == 2 ? JobOutcome.Cancelled.class : JobOutcome.Succeeded.class);
                assertThat(outcome.attempts()).as("uncharged").isEqualTo(1);
            }
        }
        assertThat(calls).containsExactly(List.of(1, 2, 4, 5));
        assertThat(lines()).containsExactly(1, 2, 4, 5);
    }

    @Test
    void withoutATransactionTheCancelledOneIsCancelledAndTheOthersHaveSucceeded() throws Exception {
        CountDownLatch cancelled = new CountDownLatch(1);
        try (TestNode node = TestNode.listening(database).start()) {
            List<SentJob<Void>> sent = send(node, 3);
            node.handle("lines", TestNode.concurrency(1), handler(null, 3, SHORT, jobs -> {
                cancelled.await();
                await().until(() -> jobs.get(1).context().isCancelled());
            }));
            assertThat(call()).hasSize(3);
            node.jobs().cancel(sent.get(1).id());
            cancelled.countDown();
            assertThat(outcome(sent.get(0))).isInstanceOf(JobOutcome.Succeeded.class);
            assertThat(outcome(sent.get(1))).isInstanceOf(JobOutcome.Cancelled.class);
            assertThat(outcome(sent.get(2))).isInstanceOf(JobOutcome.Succeeded.class);
        }
        assertThat(calls).isEmpty();
    }
}
