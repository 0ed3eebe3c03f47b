package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgjobq.CancelResult;
import io.pgjobq.CompletionTimeoutException;
import io.pgjobq.HistoryRetention;
import io.pgjobq.JobNotSucceededException;
import io.pgjobq.JobOutcome;
import io.pgjobq.NodeOptions;
import io.pgjobq.NonRetryableJobException;
import io.pgjobq.PayloadConversionException;
import io.pgjobq.SentJob;
import io.pgjobq.UnknownJobException;
import io.pgjobq.test.AlsoOnOtherJdks;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.AlsoWithoutListening;
import io.pgjobq.test.NotThroughPgBouncer;
import io.pgjobq.test.PgBouncerMode;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.transaction.support.TransactionTemplate;

@PostgresTest
@AlsoThroughPgBouncer
@AlsoWithoutListening
@AlsoOnOtherJdks
class CompletionIntegrationTests {

    record Answer(String text) {}

    private TestDatabase database;
    private String queue = "";

    @BeforeEach
    void nameQueue(TestInfo test) {
        queue = test.getTestMethod().orElseThrow().getName();
    }

    @Test
    void theOutcomeReachesAnotherNodeThatOnlySends() throws Exception {
        try (TestNode worker = answering(TestNode.listening(database));
                TestNode sender = TestNode.listening(database).start()) {
            for (int i = 0; i < 30; i++) {
                SentJob<Answer> sent = sender.sender().to(queue).send(i, Answer.class);
                assertThat(get(sent.completion()).resultOrThrow()).isEqualTo(new Answer("answer " + i));
                assertThat(get(worker.pgJobQ().completions().completion(sent.id(), Answer.class))
                                .resultOrThrow())
                        .isEqualTo(new Answer("answer " + i));
            }
        }
    }

    @Test
    @NotThroughPgBouncer(value = PgBouncerMode.POLL_ONLY, because = "a node that only polls looks at each poll")
    void aQuickEndIsToldOfRatherThanLookedUp() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        DataSource counting = new DelegatingDataSource(database.dataSource()) {
            @Override
            public Connection getConnection() throws SQLException {
                return (Connection) Proxy.newProxyInstance(
                        getClass().getClassLoader(),
                        new Class<?>[] {Connection.class},
                        counting(super.getConnection()));
            }

            private InvocationHandler counting(Connection connection) {
                return (proxy, method, args) -> {
                    if (method.getName().equals("prepareStatement") && ((String) args[0]).contains("pgjobq.await(")) {
                        looks.incrementAndGet();
                    }
                    return method.invoke(connection, args);
                };
            }
        };
        int slow = 0;
        try (TestNode node = answering(TestNode.listening(database, counting, options -> options))) {
            for (int i = 0; i < 200; i++) {
                long began = System.nanoTime();
                SentJob<Answer> sent = node.sender().to(queue).send(i, Answer.class);
                assertThat(get(sent.completion()).resultOrThrow()).isEqualTo(new Answer("answer " + i));
                slow += System.nanoTime() - began > TimeUnit.MILLISECONDS.toNanos(10) ? 1 : 0;
            }
        }
        assertThat(looks).hasValueLessThanOrEqualTo(slow);
    }

    @Test
    void anIdIsEnoughBeforeAndAfterTheEnd() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (TestNode worker = TestNode.listening(database);
                TestNode other = TestNode.listening(database).start()) {
            worker.handle(queue, Integer.class, (number, context) -> {
                go.await();
                return new Answer("answer " + number);
            });
            worker.start();
            long id = worker.sender().send(queue, 1).id();
            CompletableFuture<JobOutcome<Answer>> before =
                    other.pgJobQ().completions().completion(id, Answer.class);
            await().until(() -> Boolean.TRUE.equals(
                    database.queryOne("select awaited from pgjobq.job where id = ?", Boolean.class, id)));
            assertThat(before).isNotDone();
            go.countDown();
            assertThat(get(before).resultOrThrow()).isEqualTo(new Answer("answer 1"));
            assertThat(get(other.pgJobQ().completions().completion(id, Answer.class))
                            .resultOrThrow())
                    .isEqualTo(new Answer("answer 1"));
            assertThat(get(other.pgJobQ().completions().completion(id, Void.class))
                            .resultOrThrow())
                    .isNull();
            assertThatThrownBy(() -> get(other.pgJobQ().completions().completion(id, Integer.class)))
                    .hasCauseInstanceOf(PayloadConversionException.class);
        }
    }

    @Test
    void deadAndCancelledJobsSaySo() throws Exception {
        try (TestNode node = TestNode.listening(database);
                TestNode other = TestNode.listening(database).start()) {
            node.handle(queue, Integer.class, (number, context) -> {
                throw new NonRetryableJobException("refused");
            });
            node.start();
            SentJob<Answer> refused = other.sender().to(queue).send(1, Answer.class);
            JobOutcome<Answer> dead = get(refused.completion());
            assertThat(dead).isInstanceOf(JobOutcome.Dead.class);
            assertThatThrownBy(dead::resultOrThrow)
                    .isInstanceOf(JobNotSucceededException.class)
                    .hasMessageContaining("refused");
            SentJob<Answer> waiting =
                    node.sender().to(queue).delay(Duration.ofHours(1)).send(2, Answer.class);
            CompletableFuture<JobOutcome<Answer>> elsewhere =
                    other.pgJobQ().completions().completion(waiting.id(), Answer.class);
            CompletableFuture<JobOutcome<Answer>> here = waiting.completion();
            assertThat(node.jobs().cancel(waiting.id())).isEqualTo(CancelResult.CANCELLED);
            assertThat(get(here)).isInstanceOf(JobOutcome.Cancelled.class);
            assertThat(get(elsewhere)).isInstanceOf(JobOutcome.Cancelled.class);
            assertThatThrownBy(() -> get(here).resultOrThrow()).isInstanceOf(JobNotSucceededException.class);
        }
    }

    @Test
    void ofAnUnknownIdNothingIsKnown() {
        try (TestNode node = answering(TestNode.listening(database))) {
            assertThatThrownBy(() -> get(node.pgJobQ().completions().completion(987_654_321, Void.class)))
                    .hasCauseInstanceOf(UnknownJobException.class)
                    .hasMessageContaining(
                            "job 987654321: nothing is known of it: it was never committed, or what was kept");
            SentJob<?>[] sent = new SentJob<?>[1];
            CompletableFuture<?>[] inside = new CompletableFuture<?>[1];
            transactions().executeWithoutResult(status -> {
                sent[0] = node.sender().send(queue, 1);
                inside[0] = sent[0].completion();
                status.setRollbackOnly();
            });
            assertThatThrownBy(() -> inside[0].get(10, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(UnknownJobException.class)
                    .hasMessageContaining("rolled back");
            assertThatThrownBy(() -> sent[0].completion().get(10, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(UnknownJobException.class);
        }
    }

    @Test
    void aCompletionThatIsAskedForInsideTheTransactionCompletesAfterIt() throws Exception {
        try (TestNode node = answering(TestNode.listening(database))) {
            for (int i = 0; i < 10; i++) {
                int number = i;
                var inside = transactions()
                        .execute(status -> node.sender()
                                .to(queue)
                                .send(number, Answer.class)
                                .completion());
                assertThat(get(inside).resultOrThrow()).isEqualTo(new Answer("answer " + i));
            }
        }
    }

    @Test
    void waitingEndsWithItsTimeAndTheJobGoesOn() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (TestNode node = TestNode.listening(database)) {
            node.handle(queue, Integer.class, (number, context) -> {
                go.await();
                return new Answer("late");
            });
            node.start();
            SentJob<Answer> sent = node.sender().to(queue).send(1, Answer.class);
            assertThatThrownBy(() -> get(sent.completion(Duration.ofMillis(50))))
                    .hasCauseInstanceOf(CompletionTimeoutException.class);
            go.countDown();
            assertThat(get(sent.completion()).resultOrThrow()).isEqualTo(new Answer("late"));
            assertThatThrownBy(() -> sent.completion(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void whoWaitedIsAnsweredWhereNoHistoryIsKept() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (TestNode node = TestNode.listening(database);
                TestNode other = TestNode.listening(database).start()) {
            HistoryRetention nothing = new HistoryRetention(Duration.ZERO, Duration.ZERO);
            node.handle(queue, TestNode.worker(1, 1, nothing), TestNode.handler(Integer.class, (number, context) -> {
                go.await();
                if (number == 2) {
                    throw new IllegalStateException("dead");
                }
                return new Answer("answer " + number);
            }));
            node.start();
            long first = node.sender().send(queue, 1).id();
            SentJob<Answer> second = node.sender().to(queue).send(2, Answer.class);
            long third = node.sender().send(queue, 3).id();
            var waiting = other.pgJobQ().completions().completion(first, Answer.class);
            await().until(() -> Boolean.TRUE.equals(
                    database.queryOne("select awaited from pgjobq.job where id = ?", Boolean.class, first)));
            go.countDown();
            assertThat(get(waiting).resultOrThrow()).isEqualTo(new Answer("answer 1"));
            assertThat(get(second.completion())).isInstanceOf(JobOutcome.Dead.class);
            await().until(() -> Boolean.FALSE.equals(
                    database.queryOne("select exists (select from pgjobq.job where id = ?)", Boolean.class, third)));
            assertThatThrownBy(() -> get(node.pgJobQ().completions().completion(third, Answer.class)))
                    .hasCauseInstanceOf(UnknownJobException.class);
        }
    }

    @Test
    @NotThroughPgBouncer(value = PgBouncerMode.POLL_ONLY, because = "it is about a node that listens")
    void anOutcomeThatIsAnnouncedWhileNobodyListensIsFound() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (TestNode worker = TestNode.listening(database)) {
            worker.handle(queue, Integer.class, (number, context) -> {
                go.await();
                return new Answer("answer " + number);
            });
            worker.start();
            var gate = new CuttableConnections(database);
            NodeOptions options = TestNode.options(Duration.ofMinutes(10));
            try (TestNode other =
                    TestNode.on(database.dataSource(), gate, options).start()) {
                var waiting = other.sender().to(queue).send(1, Answer.class).completion();
                await().until(() -> gate.count() > 0);
                gate.cut();
                go.countDown();
                await().until(() -> Boolean.FALSE.equals(
                        database.queryOne("select exists (select from pgjobq.job)", Boolean.class)));
                assertThat(waiting).isNotDone();
                gate.mend();
                assertThat(get(waiting).resultOrThrow()).isEqualTo(new Answer("answer 1"));
            }
        }
    }

    @Test
    void anOutcomeIsFoundByPollingAlone() throws Exception {
        try (TestNode worker = answering(TestNode.polling(database.dataSource()));
                TestNode sender = TestNode.polling(database.dataSource()).start()) {
            for (int i = 0; i < 5; i++) {
                SentJob<Answer> sent = sender.sender().to(queue).send(i, Answer.class);
                assertThat(get(sent.completion()).resultOrThrow()).isEqualTo(new Answer("answer " + i));
            }
            assertThat(worker.pgJobQ().isRunning()).isTrue();
        }
    }

    @Test
    void tenThousandWaitersUseNoMoreConnections() throws Exception {
        int count = 10_000;
        CountDownLatch go = new CountDownLatch(1);
        try (TestNode worker = TestNode.listening(database)) {
            worker.handle(queue, Integer.class, (number, context) -> {
                go.await();
                return null;
            });
            worker.start();
            try (TestNode other = TestNode.listening(database, database.pool(2), options -> options)
                    .start()) {
                List<SentJob<Void>> sent = other.sender()
                        .sendAll(queue, IntStream.range(0, count).boxed().toList());
                long before = backends();
                List<CompletableFuture<JobOutcome<Void>>> waiting = new ArrayList<>();
                sent.forEach(job -> waiting.add(job.completion()));
                await().until(() -> Long.valueOf(count)
                        .equals(database.queryOne("select count(*) from pgjobq.job where awaited", Long.class)));
                assertThat(backends()).isLessThanOrEqualTo(before + 1);
                go.countDown();
                CompletableFuture.allOf(waiting.toArray(CompletableFuture[]::new))
                        .get(60, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    @NotThroughPgBouncer(value = PgBouncerMode.POLL_ONLY, because = "a node that only polls announces nothing")
    void jobsThatNobodyWaitsForAreNotAnnounced() throws Exception {
        try (TestNode node = answering(TestNode.listening(database));
                Notifications done = Notifications.on(database, "pgjobq_done")) {
            node.sender().sendAll(queue, IntStream.range(0, 100).boxed().toList());
            await().until(() ->
                    Boolean.FALSE.equals(database.queryOne("select exists (select from pgjobq.job)", Boolean.class)));
            SentJob<Answer> awaited = node.sender().to(queue).send(1, Answer.class);
            get(awaited.completion());
            assertThat(done.until("e").stream().filter(word -> word.startsWith("e")))
                    .containsExactly("e" + awaited.id());
        }
    }

    private TestNode answering(TestNode node) {
        node.handle(queue, Integer.class, (number, context) -> new Answer("answer " + number));
        return node.start();
    }

    private TransactionTemplate transactions() {
        return new TransactionTemplate(new DataSourceTransactionManager(database.dataSource()));
    }

    private long backends() {
        Long count = database.queryOne(
                "select count(*) from pg_stat_activity where datname = current_database()", Long.class);
        return count == null ? -1 : count;
    }

    private static <R> JobOutcome<R> get(CompletableFuture<JobOutcome<R>> future) throws Exception {
        return future.get(20, TimeUnit.SECONDS);
    }
}
