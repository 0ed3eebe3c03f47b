package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgjobq.HistoryRetention;
import io.pgjobq.JobOutcome;
import io.pgjobq.NonRetryableJobException;
import io.pgjobq.SentJob;
import io.pgjobq.UnknownJobException;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import io.pgjobq.test.TestOptions;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

@PostgresTest
class HistoryIntegrationTests {

    private TestDatabase database;
    private String queue = "";

    @BeforeEach
    void nameQueue(TestInfo test) {
        queue = test.getTestMethod().orElseThrow().getName();
    }

    @Test
    void whatSucceededIsKeptWithItsTimesAndItsResult() throws Exception {
        try (TestNode node = working(HistoryRetention.DEFAULT)) {
            long id = node.sender().send(queue, 7).id();
            await().until(() -> kept(id) == 1);
            JobOutcome<Integer> outcome =
                    node.pgJobQ().completions().completion(id, Integer.class).get(10, TimeUnit.SECONDS);
            assertThat(outcome).isInstanceOfSatisfying(JobOutcome.Succeeded.class, succeeded -> {
                assertThat(succeeded.result()).isEqualTo(7);
                assertThat(succeeded.startedAt()).isBeforeOrEqualTo(succeeded.finishedAt());
            });
            assertThat(database.queryOne(
                            "select enqueued_at <= started_at and payload is null from pgjobq.finished_job where id = ?",
                            Boolean.class,
                            id))
                    .isTrue();
            assertThat(database.queryOne("select count(*) from pgjobq.job", Long.class))
                    .isZero();
        }
    }

    @Test
    void whereNothingIsKeptNothingIsKept() throws Exception {
        try (TestNode node = working(new HistoryRetention(Duration.ZERO, Duration.ZERO))) {
            long good = node.sender().send(queue, 1).id();
            long bad = node.sender().send(queue, -1).id();
            await().until(() ->
                    Long.valueOf(0).equals(database.queryOne("select count(*) from pgjobq.job", Long.class)));
            assertThat(kept(good) + kept(bad)).isZero();
            assertThatThrownBy(() -> node.pgJobQ()
                            .completions()
                            .completion(good, Void.class)
                            .get(10, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(UnknownJobException.class);
        }
    }

    @Test
    void eachQueueKeepsAsLongAsItSays() throws Exception {
        try (TestNode node = working(new HistoryRetention(Duration.ofDays(3), Duration.ofDays(400)))) {
            SentJob<Void> good = node.sender().send(queue, 1);
            SentJob<Void> bad = node.sender().send(queue, -1);
            good.completion().get(10, TimeUnit.SECONDS);
            bad.completion().get(10, TimeUnit.SECONDS);
            String days =
                    "select drop_on - (finished_at at time zone 'UTC')::date from pgjobq.finished_job where id = ?";
            assertThat(database.queryOne(days, Integer.class, good.id())).isEqualTo(4);
            assertThat(database.queryOne(days, Integer.class, bad.id())).isBetween(400, 432);
            assertThat(node.pgJobQ().deadJobs().find(bad.id())).isPresent();
        }
    }

    @Test
    void oldHistoryGoesByDroppingPartitions() {
        TestNode.listening(database).start().close();
        old("20200101");
        old("20200102");
        String kept = "select count(*) from pgjobq.finished_job where drop_on < current_date";
        assertThat(database.queryOne(kept, Long.class)).isEqualTo(2);
        try (TestNode node = working(HistoryRetention.DEFAULT)) {
            await().until(() -> Long.valueOf(0).equals(database.queryOne(kept, Long.class)));
            assertThat(database.queryOne("select to_regclass('pgjobq.finished_job_20200101')::text", String.class))
                    .isNull();
            assertThat(node.pgJobQ().isRunning()).isTrue();
        }
    }

    @Test
    void aLongReaderNeitherBlocksTheDropNorIsBlocked() throws Exception {
        TestNode.listening(database).start().close();
        old("20200103");
        try (Connection reader = database.open();
                Statement statement = reader.createStatement();
                TestNode node = working(HistoryRetention.DEFAULT)) {
            reader.setAutoCommit(false);
            statement.execute("select count(*) from pgjobq.finished_job");
            for (int i = 0; i < 20; i++) {
                assertThat(database.queryOne("select pgjobq.drop_history()", String.class))
                        .isNull();
                node.sender().send(queue, i).completion().get(2, TimeUnit.SECONDS);
            }
            reader.rollback();
            // The node's own maintenance may be the one that drops it.
            await().until(() -> {
                database.queryOne("select pgjobq.drop_history()", String.class);
                return database.queryOne("select to_regclass('pgjobq.finished_job_20200103')", String.class) == null;
            });
        }
    }

    @Test
    void aMissingPartitionIsCreatedAndSettlingGoesOn() throws Exception {
        try (TestNode node = working(new HistoryRetention(Duration.ofDays(10), Duration.ofDays(10)))) {
            node.sender().send(queue, 1).completion().get(10, TimeUnit.SECONDS);
            for (int number : new int[] {2, -2}) {
                dropAllPartitions();
                SentJob<Void> sent = node.sender().send(queue, number);
                JobOutcome<Void> outcome = sent.completion().get(10, TimeUnit.SECONDS);
                assertThat(outcome.attempts()).isEqualTo(1);
                assertThat(kept(sent.id())).isEqualTo(1);
            }
        }
    }

    @Test
    void aMissingPartitionChargesATransactionalHandlerNothing() throws Exception {
        TransactionTemplate transaction =
                new TransactionTemplate(new DataSourceTransactionManager(database.dataSource()));
        try (TestNode node = TestNode.listening(database)) {
            node.handle(
                    queue,
                    TestOptions.DEFAULT,
                    TestNode.handler(Integer.class, transaction, (number, context) -> number));
            node.start();
            node.sender().send(queue, 1).completion().get(10, TimeUnit.SECONDS);
            dropAllPartitions();

            SentJob<Void> sent = node.sender().send(queue, 2);

            assertThat(sent.completion().get(10, TimeUnit.SECONDS).attempts()).isEqualTo(1);
            assertThat(kept(sent.id())).isEqualTo(1);
        }
    }

    @Test
    void asLongAsAPartitionCannotBeMadeItsQueueRestsLongerAndLonger() throws Exception {
        TransactionTemplate transaction =
                new TransactionTemplate(new DataSourceTransactionManager(database.dataSource()));
        BlockingQueue<Long> starts = new LinkedBlockingQueue<>();
        try (TestNode node = TestNode.listening(database);
                Connection maker = database.open();
                Statement statement = maker.createStatement()) {
            node.handle(
                    queue,
                    TestOptions.DEFAULT,
                    TestNode.handler(Integer.class, transaction, (number, context) -> starts.add(System.nanoTime())));
            node.start();
            node.sender().send(queue, 1).completion().get(10, TimeUnit.SECONDS);
            starts.clear();
            maker.setAutoCommit(false);
            statement.execute("select pg_advisory_xact_lock('pgjobq.job'::regclass::oid::integer, -2)");
            dropAllPartitions();
            SentJob<Void> sent = node.sender().send(queue, 2);

            Long last = starts.poll(10, TimeUnit.SECONDS);
            for (long rest = 100; rest <= 400; rest *= 2) {
                Long next = starts.poll(10, TimeUnit.SECONDS);
                assertThat(Duration.ofNanos(next - last)).isGreaterThanOrEqualTo(Duration.ofMillis(rest));
                last = next;
            }
            maker.rollback();
            assertThat(sent.completion().get(10, TimeUnit.SECONDS).attempts()).isEqualTo(1);
        }
    }

    private void dropAllPartitions() {
        database.execute("""
                do $$ declare name text; begin
                    for name in select inhrelid::regclass::text from pg_inherits
                        where inhparent = 'pgjobq.finished_job'::regclass loop
                        execute 'drop table ' || name;
                    end loop;
                end $$""");
    }

    private TestNode working(HistoryRetention history) {
        TestNode node = TestNode.listening(database);
        node.handle(queue, TestNode.worker(2, 1, history), TestNode.handler(Integer.class, (number, context) -> {
            if (number < 0) {
                throw new NonRetryableJobException("negative");
            }
            return number;
        }));
        return node.start();
    }

    private void old(String day) {
        database.execute("""
                create table pgjobq.finished_job_%1$s partition of pgjobq.finished_job for values in ('%1$s');
                insert into pgjobq.finished_job (id, queue_id, priority, attempts, state, drop_on, enqueued_at, finished_at, type)
                values (-1, 1, 5, 1, 'succeeded', '%1$s', now(), now(), '')""".formatted(day));
    }

    private long kept(long id) {
        Long count = database.queryOne("select count(*) from pgjobq.finished_job where id = ?", Long.class, id);
        return count == null ? -1 : count;
    }
}
