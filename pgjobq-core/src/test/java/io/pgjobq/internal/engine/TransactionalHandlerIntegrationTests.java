package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.JobOutcome;
import io.pgjobq.SentJob;
import io.pgjobq.test.AlsoOnOtherJdks;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.AlsoWithoutListening;
import io.pgjobq.test.LogLines;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import io.pgjobq.test.TestOptions;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What a transactional handler writes and the completion of its job commit or roll back together. */
@PostgresTest
@AlsoThroughPgBouncer
@AlsoWithoutListening
@AlsoOnOtherJdks
class TransactionalHandlerIntegrationTests {

    private TestDatabase database;
    private String queue = "";

    @BeforeEach
    void makeLedger(TestInfo test) {
        queue = test.getTestMethod().orElseThrow().getName();
        database.execute("create table ledger (job bigint, attempt integer)");
    }

    @AfterEach
    void dropLedger() {
        database.execute("drop table ledger");
    }

    @Test
    void whatTheHandlerWroteAndTheCompletionCommitTogether() throws Exception {
        try (TestNode node = TestNode.listening(database)) {
            handle(node, (number, context) -> {
                book(context.id(), context.attempt());
                // Neither is there for anybody else before the end.
                assertThat(booked(context.id())).isZero();
                assertThat(exists(context.id())).isTrue();
                return "booked";
            });
            node.start();
            for (int i = 0; i < 50; i++) {
                SentJob<String> sent = node.sender().to(queue).send(i, String.class);
                JobOutcome<String> outcome = outcome(sent);
                assertThat(outcome.resultOrThrow()).isEqualTo("booked");
                assertThat(exists(sent.id())).isFalse();
                assertThat(booked(sent.id())).isEqualTo(1);
            }
            await().untilAsserted(() -> assertThat(claims()).as("claims left").isZero());
        }
    }

    @Test
    void aHandlerThatThrowsLeavesNothingBehindAndIsTriedAgain() throws Exception {
        try (TestNode node = TestNode.listening(database)) {
            handle(node, (number, context) -> {
                book(context.id(), context.attempt());
                if (context.attempt() < 3) {
                    throw new IOException("checked");
                }
                return null;
            });
            node.start();
            SentJob<Void> sent = node.sender().send(queue, 1);
            assertThat(outcome(sent).attempts()).isEqualTo(3);
            assertThat(database.queryOne("select string_agg(attempt::text, ',') from ledger", String.class))
                    .isEqualTo("3");
        }
    }

    @Test
    void aTransactionThatTheHandlerMarkedIsAFailedAttempt() throws Exception {
        try (TestNode node = TestNode.listening(database)) {
            TransactionTemplate transactions = transactions(database.dataSource());
            node.handle(
                    queue, TestNode.concurrency(1), TestNode.handler(Integer.class, transactions, (number, context) -> {
                        book(context.id(), context.attempt());
                        if (context.attempt() == 1) {
                            new TransactionTemplate(transactions.getTransactionManager())
                                    .executeWithoutResult(inner -> inner.setRollbackOnly());
                        }
                        return null;
                    }));
            node.start();
            SentJob<Void> sent = node.sender().send(queue, 1);
            assertThat(outcome(sent).attempts()).isEqualTo(2);
            assertThat(booked(sent.id())).isEqualTo(1);
        }
    }

    @Test
    void aHandlerWhoseJobWasTakenAwayIsRolledBack() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        try (LogLines log = LogLines.capture();
                TestNode node = TestNode.listening(database)) {
            handle(node, (number, context) -> {
                book(context.id(), runs.incrementAndGet());
                if (runs.get() == 1) {
                    database.execute("delete from pgjobq.claim");
                }
                return null;
            });
            node.start();
            SentJob<Void> sent = node.sender().send(queue, 1);
            await().until(() ->
                    !log.with("was rolled back, since the job was taken away").isEmpty());
            // As a rescuer says.
            database.execute(
                    "select pg_notify('pgjobq_jobs', 'l' || id) from pgjobq.queue where name = '" + queue + "'");
            assertThat(outcome(sent).attempts()).isEqualTo(1);
            assertThat(database.queryOne("select string_agg(attempt::text, ',') from ledger", String.class))
                    .isEqualTo("2");
        }
    }

    @Test
    void aHandlerOnAnotherDataSourceIsCompletedAllTheSameAndSaysSoOnce() throws Exception {
        try (LogLines log = LogLines.capture();
                TestNode node = TestNode.listening(database)) {
            TransactionTemplate elsewhere = transactions(database.pool(2));
            node.handle(
                    queue,
                    TestNode.concurrency(1),
                    TestNode.handler(Integer.class, elsewhere, (number, context) -> number * 2));
            node.start();
            for (int i = 0; i < 5; i++) {
                SentJob<Integer> sent = node.sender().to(queue).send(i, Integer.class);
                assertThat(outcome(sent).resultOrThrow()).isEqualTo(i * 2);
            }
            assertThat(log.with("not on the DataSource of the queue")).hasSize(1);
        }
    }

    @Test
    void jobsThatOneClaimTookSettleOnTheirOwn() throws Exception {
        try (TestNode node = TestNode.listening(database).start()) {
            node.pgJobQ().queues().create(queue);
            var sent =
                    node.sender().sendAll(queue, IntStream.range(0, 200).boxed().toList());
            TestOptions options = TestNode.concurrency(5);
            TransactionTemplate transactions = transactions(database.dataSource());
            node.handle(queue, options, TestNode.handler(Integer.class, transactions, (number, context) -> {
                book(context.id(), context.attempt());
                if (number % 10 == 0 && context.attempt() == 1) {
                    throw new IllegalStateException("once");
                }
                return null;
            }));
            for (SentJob<Void> job : sent) {
                assertThat(outcome(job)).isInstanceOf(JobOutcome.Succeeded.class);
            }
            assertThat(database.queryOne("select count(*) || ' ' || count(distinct job) from ledger", String.class))
                    .isEqualTo("200 200");
            await().untilAsserted(() -> assertThat(claims()).as("claims left").isZero());
        }
    }

    private void handle(TestNode node, TestNode.Work<Integer> work) {
        node.handle(
                queue,
                TestNode.concurrency(1),
                TestNode.handler(Integer.class, transactions(database.dataSource()), work));
    }

    private static TransactionTemplate transactions(DataSource dataSource) {
        return new TransactionTemplate(new DataSourceTransactionManager(dataSource));
    }

    private void book(long job, int attempt) {
        new JdbcTemplate(database.dataSource()).update("insert into ledger values (?, ?)", job, attempt);
    }

    private int booked(long job) {
        Integer count = database.queryOne("select count(*)::int from ledger where job = ?", Integer.class, job);
        return count == null ? -1 : count;
    }

    private int claims() {
        Integer count = database.queryOne("select count(*)::int from pgjobq.claim", Integer.class);
        return count == null ? -1 : count;
    }

    private boolean exists(long job) {
        return Boolean.TRUE.equals(
                database.queryOne("select exists (select from pgjobq.job where id = ?)", Boolean.class, job));
    }

    private static <R> JobOutcome<R> outcome(SentJob<R> sent) throws Exception {
        return sent.completion().get(20, TimeUnit.SECONDS);
    }
}
