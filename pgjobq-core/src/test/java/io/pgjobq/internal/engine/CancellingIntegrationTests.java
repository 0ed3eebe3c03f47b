package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgjobq.CancelResult;
import io.pgjobq.CancelledJobs;
import io.pgjobq.JobFilter;
import io.pgjobq.JobOutcome;
import io.pgjobq.SentJob;
import io.pgjobq.UnknownQueueException;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.AlsoWithoutListening;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Jobs are cancelled while they wait and while they run, on this node and on others. */
@PostgresTest
@AlsoThroughPgBouncer
@AlsoWithoutListening
class CancellingIntegrationTests {

    private final TestDatabase database;
    private final BlockingQueue<Integer> running = new LinkedBlockingQueue<>();
    private final Set<Integer> seen = ConcurrentHashMap.newKeySet();

    CancellingIntegrationTests(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void empty() {
        database.execute("drop schema if exists pgjobq cascade");
    }

    private TestNode worker(int concurrency) {
        TestNode node = TestNode.listening(database);
        node.handle("work", TestNode.concurrency(concurrency), TestNode.handler(Integer.class, (number, context) -> {
            running.add(number);
            try {
                new CountDownLatch(1).await();
            } finally {
                if (context.isCancelled() && context.shouldStop()) {
                    seen.add(number);
                }
            }
            return null;
        }));
        return node;
    }

    @RepeatedTest(5)
    void aRunningJobIsInterruptedOnAnotherNodeAndEndsAsCancelled() throws Exception {
        try (TestNode worker = worker(1);
                TestNode other = TestNode.listening(database)) {
            worker.start();
            other.start();
            SentJob<Void> sent = other.sender().to("work").send(1, Void.class);
            assertThat(running.poll(20, TimeUnit.SECONDS)).isEqualTo(1);

            assertThat(other.jobs().cancel(sent.id(), "the customer left")).isEqualTo(CancelResult.REQUESTED);

            assertThat(sent.completion(Duration.ofSeconds(20)).get())
                    .isInstanceOfSatisfying(JobOutcome.Cancelled.class, outcome -> {
                        assertThat(outcome.reason()).isEqualTo("the customer left");
                        assertThat(outcome.attempts()).isEqualTo(1);
                    });
            assertThat(seen).contains(1);
            assertThat(database.queryOne("select count(*) from pgjobq.cancellation", Long.class))
                    .isZero();
        }
    }

    @Test
    void aTransactionOfTheHandlerIsRolledBack() throws Exception {
        database.execute("create table if not exists cancelling_witness (number integer)");
        database.execute("delete from cancelling_witness");
        TransactionTemplate transaction =
                new TransactionTemplate(new DataSourceTransactionManager(database.dataSource()));
        CountDownLatch written = new CountDownLatch(1);
        try (TestNode node = TestNode.listening(database)) {
            node.handle(
                    "work", TestNode.concurrency(1), TestNode.handler(Integer.class, transaction, (number, context) -> {
                        new JdbcTemplate(database.dataSource()).update("insert into cancelling_witness values (1)");
                        written.countDown();
                        await().until(context::isCancelled);
                        // It does not even notice.
                        return Thread.interrupted();
                    }));
            node.start();
            SentJob<Void> sent = node.sender().to("work").send(1, Void.class);
            assertThat(written.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(node.jobs().cancel(sent.id())).isEqualTo(CancelResult.REQUESTED);

            assertThat(sent.completion(Duration.ofSeconds(20)).get()).isInstanceOf(JobOutcome.Cancelled.class);
            assertThat(database.queryOne("select count(*) from cancelling_witness", Long.class))
                    .isZero();
        }
    }

    @Test
    void aLostSignalIsFoundByTheNextHeartbeat() throws Exception {
        try (TestNode worker = worker(1)) {
            worker.start();
            SentJob<Void> sent = worker.sender().to("work").send(1, Void.class);
            assertThat(running.poll(20, TimeUnit.SECONDS)).isEqualTo(1);
            // As by one who was cut off before he could tell.
            database.execute("insert into pgjobq.cancellation (job_id, node_id) select " + sent.id()
                    + ", c.node_id from pgjobq.claim c");
            assertThat(sent.completion(Duration.ofSeconds(20)).get()).isInstanceOf(JobOutcome.Cancelled.class);
        }
    }

    @Test
    void aJobThatIsTakenButNotStartedIsNeverStarted() throws Exception {
        try (TestNode worker = worker(1)) {
            worker.start();
            SentJob<Void> first = worker.sender().to("work").send(1, Void.class);
            assertThat(running.poll(20, TimeUnit.SECONDS)).isEqualTo(1);
            SentJob<Void> second = worker.sender().to("work").send(2, Void.class);
            assertThat(worker.jobs().cancel(second.id())).isNotEqualTo(CancelResult.UNKNOWN);
            assertThat(worker.jobs().cancel(first.id())).isEqualTo(CancelResult.REQUESTED);
            assertThat(first.completion(Duration.ofSeconds(20)).get()).isInstanceOf(JobOutcome.Cancelled.class);
            assertThat(second.completion(Duration.ofSeconds(20)).get()).isInstanceOf(JobOutcome.Cancelled.class);
            assertThat(running).isEmpty();
        }
    }

    @Test
    void allThatAFilterMeansIsCancelledAndNothingElse() throws Exception {
        try (TestNode worker = worker(2)) {
            worker.start();
            List<SentJob<Void>> doomed = new ArrayList<>();
            List<SentJob<Void>> kept = new ArrayList<>();
            for (int number = 0; number < 6; number++) {
                boolean late = number >= 4;
                doomed.add(worker.sender()
                        .to("work")
                        .attribute("tenant", "acme")
                        .delay(late ? Duration.ofHours(1) : Duration.ZERO)
                        .send(number, Void.class));
                kept.add(worker.sender()
                        .to("work")
                        .attribute("tenant", "other")
                        .delay(Duration.ofHours(1))
                        .send(100 + number));
            }
            assertThat(running.poll(20, TimeUnit.SECONDS)).isNotNull();
            assertThat(running.poll(20, TimeUnit.SECONDS)).isNotNull();

            CancelledJobs result =
                    worker.jobs().cancelAll(JobFilter.queue("work").attribute("tenant", "acme"), "tenant closed");

            assertThat(result.cancelled() + result.requested()).isEqualTo(6);
            assertThat(result.requested()).isBetween(2L, 4L);
            for (SentJob<Void> job : doomed) {
                assertThat(job.completion(Duration.ofSeconds(20)).get())
                        .isInstanceOfSatisfying(
                                JobOutcome.Cancelled.class,
                                outcome -> assertThat(outcome.reason()).isEqualTo("tenant closed"));
            }
            assertThat(database.queryOne("select count(*) from pgjobq.job", Long.class))
                    .isEqualTo(kept.size());
            assertThatThrownBy(() -> worker.jobs().cancelAll(JobFilter.queue("nowhere"), ""))
                    .isInstanceOf(UnknownQueueException.class);
        }
    }

    @Test
    void cancellingFromSqlDoesTheSame() throws Exception {
        try (TestNode worker = worker(1)) {
            worker.start();
            SentJob<Void> sent = worker.sender().to("work").send(1, Void.class);
            assertThat(running.poll(20, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(database.queryOne(
                            "select outcome from pgjobq.cancel(" + sent.id() + ", 'by hand')", String.class))
                    .isEqualTo("requested");
            assertThat(sent.completion(Duration.ofSeconds(20)).get())
                    .isInstanceOfSatisfying(
                            JobOutcome.Cancelled.class,
                            outcome -> assertThat(outcome.reason()).isEqualTo("by hand"));
        }
    }
}
