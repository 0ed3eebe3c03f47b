package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.Handler;
import io.pgjobq.JobDescription;
import io.pgjobq.JobOutcome;
import io.pgjobq.JobProgress;
import io.pgjobq.SentJob;
import io.pgjobq.internal.convert.JobTypes;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.AlsoWithoutListening;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import io.pgjobq.test.TestOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Handlers report how far they are, which everybody sees, and those who wait are told. */
@PostgresTest
@AlsoThroughPgBouncer
@AlsoWithoutListening
class ProgressIntegrationTests {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final TestDatabase database;
    private final CountDownLatch go = new CountDownLatch(1);

    ProgressIntegrationTests(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void empty() {
        database.execute("drop schema if exists pgjobq cascade");
    }

    private static @Nullable JobProgress progress(TestNode node, long id) {
        return node.jobs().find(id).map(JobDescription::progress).orElse(null);
    }

    private static void awaitDone(TestNode node, long id, long done) {
        await().atMost(LONG).until(() -> {
            JobProgress progress = progress(node, id);
            return progress != null && progress.done() == done;
        });
    }

    @Test
    void tenThousandReportsAreFewWrites() throws Exception {
        try (TestNode node = TestNode.listening(database)) {
            node.handle("work", Integer.class, (rows, context) -> {
                for (int row = 0; row <= rows; row++) {
                    context.progress(row, rows, "row " + row);
                }
                go.await();
                return null;
            });
            node.start();
            // What is written is counted by the server, whatever the node believes.
            database.execute("create table pgjobq.writes (done bigint)");
            database.execute("create function pgjobq.count_write() returns trigger language plpgsql as"
                    + " $$ begin insert into pgjobq.writes values (new.done); return new; end $$");
            database.execute("create trigger count_write after insert or update on pgjobq.job_progress"
                    + " for each row execute function pgjobq.count_write()");
            long started = System.nanoTime();
            SentJob<Void> sent = node.sender().to("work").send(10_000, Void.class);

            awaitDone(node, sent.id(), 10_000);
            long seconds = 1 + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - started);
            assertThat(database.queryOne("select count(*) from pgjobq.writes", Long.class))
                    .isBetween(1L, seconds + 1);
            assertThat(Objects.requireNonNull(progress(node, sent.id())).message())
                    .isEqualTo("row 10000");

            go.countDown();
            assertThat(sent.completion(LONG).get()).isInstanceOf(JobOutcome.Succeeded.class);
            assertThat(progress(node, sent.id())).isNull();
        }
    }

    @Test
    void itIsSeenWhileATransactionIsOpenAndStaysWhenThatIsRolledBack() throws Exception {
        database.execute("create table if not exists progress_witness (number integer)");
        database.execute("delete from progress_witness");
        TransactionTemplate transaction =
                new TransactionTemplate(new DataSourceTransactionManager(database.dataSource()));
        CountDownLatch secondAttempt = new CountDownLatch(1);
        try (TestNode node = TestNode.listening(database);
                TestNode other = TestNode.listening(database)) {
            node.handle(
                    "work", TestNode.concurrency(1), TestNode.handler(Integer.class, transaction, (number, context) -> {
                        if (context.attempt() == 2) {
                            secondAttempt.await();
                            return null;
                        }
                        new JdbcTemplate(database.dataSource()).update("insert into progress_witness values (1)");
                        context.progress(3, 10, "three of ten");
                        go.await();
                        throw new IllegalStateException("rolled back");
                    }));
            node.start();
            other.start();
            SentJob<Void> sent = other.sender().to("work").send(1, Void.class);

            awaitDone(other, sent.id(), 3);
            assertThat(database.queryOne("select count(*) from progress_witness", Long.class))
                    .as("the transaction is open")
                    .isZero();
            go.countDown();
            await().atMost(LONG)
                    .until(() -> other.jobs().find(sent.id()).orElseThrow().attempts() == 1);
            assertThat(Objects.requireNonNull(progress(other, sent.id())).message())
                    .isEqualTo("three of ten");

            secondAttempt.countDown();
            assertThat(sent.completion(LONG).get()).isInstanceOf(JobOutcome.Succeeded.class);
        }
        assertThat(database.queryOne("select count(*) from progress_witness", Long.class))
                .isZero();
    }

    @Test
    void whoWaitsInAnotherProcessIsToldInOrderAndNothingAfterTheEnd() throws Exception {
        BlockingQueue<Integer> steps = new LinkedBlockingQueue<>();
        List<Object> told = Collections.synchronizedList(new ArrayList<>());
        try (TestNode worker = TestNode.listening(database);
                TestNode waiter = TestNode.listening(database)) {
            worker.handle("work", Integer.class, (number, context) -> {
                for (int step = steps.take(); step > 0; step = steps.take()) {
                    context.progress(step, 3, null);
                }
                // Pointless by the time at which it could be written.
                context.progress(0, 3, "late");
                return number;
            });
            worker.start();
            waiter.start();
            SentJob<Integer> sent = waiter.sender().to("work").send(5, Integer.class);
            var outcome = sent.completion(LONG, told::add);
            var ended = outcome.thenAccept(told::add);
            var fromAnother = new LinkedBlockingQueue<Long>();
            var byId = worker.pgJobQ()
                    .completions()
                    .completion(sent.id(), Integer.class, LONG, progress -> fromAnother.add(progress.done()));
            for (int step = 1; step <= 3; step++) {
                steps.add(step);
                int count = step;
                await().atMost(LONG).until(() -> told.size() == count);
                assertThat(fromAnother.poll(20, TimeUnit.SECONDS)).isEqualTo(step);
            }
            steps.add(0);
            ended.get(20, TimeUnit.SECONDS);
            assertThat(byId.get(20, TimeUnit.SECONDS)).isEqualTo(outcome.get());
        }
        assertThat(told).hasSize(4);
        assertThat(told.subList(0, 3))
                .extracting(each -> ((JobProgress) each).done())
                .containsExactly(1L, 2L, 3L);
        assertThat(told.subList(0, 3))
                .extracting(each -> ((JobProgress) each).at())
                .isSortedAccordingTo(Comparator.naturalOrder());
        assertThat(told.get(3)).isInstanceOf(JobOutcome.Succeeded.class);
    }

    @Test
    void whoBeginsToWaitLateIsToldAtOnceHowFarTheJobIs() throws Exception {
        try (TestNode worker = TestNode.listening(database);
                TestNode waiter = TestNode.listening(database)) {
            worker.handle("work", Integer.class, (number, context) -> {
                context.progress(1, 2);
                go.await();
                return null;
            });
            worker.start();
            waiter.start();
            long id = waiter.sender().send("work", 1).id();
            awaitDone(waiter, id, 1);
            BlockingQueue<JobProgress> told = new LinkedBlockingQueue<>();
            var outcome = waiter.pgJobQ().completions().completion(id, Void.class, LONG, told::add);
            JobProgress first = told.poll(20, TimeUnit.SECONDS);
            assertThat(first).isEqualTo(progress(waiter, id));
            go.countDown();
            assertThat(outcome.get(20, TimeUnit.SECONDS)).isInstanceOf(JobOutcome.Succeeded.class);
        }
    }

    @Test
    void aNodeThatHasLostItsJobWritesNothingMore() throws Exception {
        BlockingQueue<Integer> steps = new LinkedBlockingQueue<>();
        CountDownLatch reported = new CountDownLatch(1);
        AtomicBoolean first = new AtomicBoolean(true);
        try (TestNode node = TestNode.listening(database)) {
            node.handle("work", Integer.class, (number, context) -> {
                // Where it is found by a poll, this node takes the freed job again.
                if (first.getAndSet(false)) {
                    context.progress(steps.take(), 9);
                    context.progress(steps.take(), 9);
                    reported.countDown();
                }
                go.await();
                return null;
            });
            node.start();
            long id = node.sender().send("work", 1).id();
            steps.add(1);
            awaitDone(node, id, 1);
            // As a rescue leaves it, and as if another had taken it.
            database.execute("update pgjobq.claim set seqs = '{}'");
            database.execute("update pgjobq.job_progress set message = 'of the new holder'");
            steps.add(2);
            assertThat(reported.await(20, TimeUnit.SECONDS)).isTrue();
            // Reports of another job of this node show that the write in which it would have been is over.
            node.handle("other", Integer.class, (number, context) -> {
                context.progress(number, 9);
                go.await();
                return null;
            });
            for (int other = 1; other <= 2; other++) {
                awaitDone(node, node.sender().send("other", other).id(), other);
            }
            assertThat(database.queryOne(
                            "select done || ' ' || message from pgjobq.job_progress where job_id = " + id,
                            String.class))
                    .isEqualTo("1 of the new holder");
            go.countDown();
        }
    }

    record Order(int number) {}

    record Page<T>(List<T> items) {}

    @Test
    void resultsOfGenericTypesAreReadByWhoeverWaits() throws Exception {
        ParameterizedTypeReference<List<Order>> orders = new ParameterizedTypeReference<>() {};
        try (TestNode node = TestNode.listening(database)) {
            node.handle("work", Integer.class, (number, context) -> List.of(new Order(number)));
            node.start();
            SentJob<List<Order>> sent = node.sender().to("work").send(7, orders);
            JobOutcome<List<Order>> outcome = sent.completion(LONG).get();
            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            JobOutcome.Succeeded.class,
                            succeeded -> assertThat(succeeded.result()).isEqualTo(List.of(new Order(7))));
            assertThat(node.pgJobQ()
                            .completions()
                            .completion(sent.id(), orders, LONG)
                            .get())
                    .isEqualTo(outcome);
        }
    }

    @Test
    void payloadsOfGenericTypesReachHandlersThatTakeThem() throws Exception {
        Handler pages = new Handler(
                "pages",
                new ParameterizedTypeReference<Page<Order>>() {}.getType(),
                JobTypes.namesFor(new ParameterizedTypeReference<Page<Order>>() {}.getType()),
                null,
                (payload, context) ->
                        ((Page<?>) Objects.requireNonNull(payload)).items().get(0));
        try (TestNode node = TestNode.listening(database)) {
            node.handle("work", TestOptions.DEFAULT, pages);
            node.start();
            SentJob<Order> sent = node.sender().to("work").send(new Page<>(List.of(new Order(7))), Order.class);
            assertThat(sent.completion(LONG).get())
                    .isInstanceOfSatisfying(
                            JobOutcome.Succeeded.class,
                            succeeded -> assertThat(succeeded.result()).isEqualTo(new Order(7)));
        }
    }
}
