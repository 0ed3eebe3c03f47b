package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.pgjobq.BackOff;
import io.pgjobq.ContainerOptions;
import io.pgjobq.PgJobQ;
import io.pgjobq.QueueOptions;
import io.pgjobq.SchemaVersionException;
import io.pgjobq.SentJob;
import io.pgjobq.WorkerContainer;
import io.pgjobq.test.AlsoOnOtherJdks;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.AlsoWithoutListening;
import io.pgjobq.test.LogLines;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import io.pgjobq.test.TestOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

@PostgresTest
@AlsoThroughPgBouncer
@AlsoWithoutListening
@AlsoOnOtherJdks
class ShutdownIntegrationTests {

    private TestDatabase database;
    private String queue = "";

    @BeforeEach
    void nameQueue(TestInfo test) {
        queue = test.getTestMethod().orElseThrow().getName();
    }

    @Test
    void runningJobsEndAndTheOthersAreGivenBackAtOnce() throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (TestNode node = TestNode.listening(database)) {
            WorkerContainer container =
                    node.handle(queue, TestNode.concurrency(1), TestNode.handler(Integer.class, (number, context) -> {
                        // Late enough for it to be known that they are short, so that some are held.
                        if (number == 2_000) {
                            blocked.countDown();
                            go.await();
                            assertThat(context.shouldStop()).isTrue();
                        }
                        return null;
                    }));
            node.start();
            node.sender().sendAll(queue, IntStream.range(0, 5_000).boxed().toList());
            assertThat(blocked.await(10, TimeUnit.SECONDS)).isTrue();
            CompletableFuture<Void> stopped = CompletableFuture.runAsync(container::stop);
            await().untilAsserted(() -> assertThat(
                            node.pgJobQ().queues().describe(queue).running())
                    .as("held jobs are given back while one runs")
                    .isEqualTo(1));
            assertThat(stopped).isNotDone();
            go.countDown();
            stopped.get(10, TimeUnit.SECONDS);
            assertThat(node.pgJobQ().queues().describe(queue).running()).isZero();
            assertThat(charged()).isZero();
            assertThat(container.isRunning()).isFalse();
            container.start();
            await().until(() -> node.pgJobQ().queues().describe(queue).ready() == 0);
        }
    }

    @Test
    void afterTheTimeOutJobsAreInterruptedAndGivenBackUncharged() throws Exception {
        CountDownLatch running = new CountDownLatch(2);
        CountDownLatch interrupted = new CountDownLatch(2);
        try (LogLines log = LogLines.capture();
                TestNode node = TestNode.listening(database)) {
            WorkerContainer container =
                    node.handle(queue, impatient(2), TestNode.handler(Integer.class, (number, context) -> {
                        running.countDown();
                        try {
                            new CountDownLatch(1).await();
                        } catch (InterruptedException ex) {
                            interrupted.countDown();
                            throw ex;
                        }
                        return null;
                    }));
            node.start();
            node.sender().sendAll(queue, List.of(1, 2, 3));
            assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();
            container.stop();
            assertThat(interrupted.getCount()).isZero();
            assertThat(log.with("': 2 jobs still run 100 ms after its stop, and are interrupted"))
                    .hasSize(1);
            await().until(() -> log.with("attempt 1 is given back, since the shutdown interrupted it")
                            .size()
                    == 2);
            var description = node.pgJobQ().queues().describe(queue);
            assertThat(description.ready()).isEqualTo(3);
            assertThat(description.running()).isZero();
            assertThat(description.waiting()).isZero();
            assertThat(charged()).isZero();
        }
    }

    @Test
    void whatAStubbornHandlerSaysLateIsRefused() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (LogLines log = LogLines.capture();
                TestNode node = TestNode.listening(database);
                TestNode other = TestNode.listening(database)) {
            WorkerContainer container =
                    node.handle(queue, impatient(1), TestNode.handler(Integer.class, (number, context) -> {
                        running.countDown();
                        while (go.getCount() > 0) {
                            try {
                                go.await();
                            } catch (InterruptedException ex) {
                                // Stubborn.
                                continue;
                            }
                        }
                        return "late";
                    }));
            node.start();
            SentJob<String> sent = node.sender().to(queue).send(1, String.class);
            assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();
            container.stop();
            assertThat(log.with("it ignores interruption")).hasSize(1);
            other.handle(queue, Integer.class, (number, context) -> "second");
            other.start();
            var outcome = sent.completion().get(10, TimeUnit.SECONDS);
            assertThat(outcome.resultOrThrow()).isEqualTo("second");
            assertThat(outcome.attempts()).isEqualTo(1);
            go.countDown();
            await().until(() -> !log.with("after its end had been recorded").isEmpty());
        }
    }

    @Test
    void nothingIsLeftOfANodeThatWasClosed() {
        TestNode.listening(database).start().close();
        long before = backends();
        for (int i = 0; i < 10; i++) {
            TestNode node = TestNode.listening(database);
            node.handle(queue, Integer.class, (number, context) -> number);
            node.start();
            node.sender()
                    .send(queue, i)
                    .completion()
                    .orTimeout(10, TimeUnit.SECONDS)
                    .join();
            node.close();
        }
        await().untilAsserted(() -> assertThat(threads()).isEmpty());
        await().untilAsserted(() -> assertThat(backends()).isLessThanOrEqualTo(before + 10));
        assertThat(database.queryOne("select count(*) from pgjobq.node", Long.class))
                .isZero();
        assertThat(database.queryOne(
                        "select count(*) from pg_stat_activity where datname = current_database() and query ilike 'listen%'",
                        Long.class))
                .isZero();
    }

    @Test
    void nothingIsLeftOfANodeThatCouldNotStart() {
        PgJobQ withoutSchema = PgJobQ.builder(database.dataSource())
                .options(TestNode.options(Duration.ofSeconds(1)))
                .migrate(false)
                .build();
        database.execute("drop schema if exists pgjobq cascade");

        assertThatExceptionOfType(SchemaVersionException.class).isThrownBy(withoutSchema::start);

        assertThat(withoutSchema.isRunning()).isFalse();
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("pgjobq-settler")));
    }

    @Test
    void aNodeCanBeStoppedAndStartedAgain() throws Exception {
        try (TestNode node = TestNode.listening(database)) {
            WorkerContainer container = node.handle(queue, Integer.class, (number, context) -> number);
            for (int i = 0; i < 5; i++) {
                node.start();
                assertThat(node.sender()
                                .to(queue)
                                .send(i, Integer.class)
                                .completion()
                                .get(10, TimeUnit.SECONDS)
                                .resultOrThrow())
                        .isEqualTo(i);
                container.stop();
                node.pgJobQ().stop();
                assertThat(database.queryOne("select count(*) from pgjobq.node", Long.class))
                        .isZero();
            }
        }
    }

    private static TestOptions impatient(int concurrency) {
        return new TestOptions(
                QueueOptions.builder().maxAttempts(3).build(),
                ContainerOptions.builder()
                        .concurrency(concurrency)
                        .retry(BackOff.DEFAULT)
                        .shutdownTimeout(Duration.ofMillis(100))
                        .build());
    }

    private List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("pgjobq-"))
                .toList();
    }

    private long charged() {
        Long count = database.queryOne("select count(*) from pgjobq.job where attempt > 0", Long.class);
        return count == null ? -1 : count;
    }

    private long backends() {
        Long count = database.queryOne(
                "select count(*) from pg_stat_activity where datname = current_database()", Long.class);
        return count == null ? -1 : count;
    }
}
