package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.ContainerOptions;
import io.pgjobq.QueueOptions;
import io.pgjobq.SentJob;
import io.pgjobq.WorkerContainer;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

@PostgresTest
class StartStopIntegrationTests {

    private final TestDatabase database;

    StartStopIntegrationTests(TestDatabase database) {
        this.database = database;
    }

    @RepeatedTest(10)
    void aContainerThatManyStartAndStopHasOneThreadAndWorksInTheEnd() throws Exception {
        try (TestNode node = TestNode.listening(database)) {
            WorkerContainer container = node.handle("storm", Integer.class, (number, context) -> number);
            node.start();
            inParallel(4, random -> {
                for (int i = 0; i < 10; i++) {
                    if (random.nextBoolean()) {
                        container.start();
                    } else {
                        container.stop();
                    }
                }
            });
            container.start();

            assertWorks(node, "storm");
            assertThat(threads("pgjobq-storm")).isEqualTo(1);
        }
        assertThat(threads("pgjobq-storm")).isZero();
    }

    @RepeatedTest(10)
    void aNodeThatManyStartAndStopWorksInTheEndAndLeavesNothingBehind() throws Exception {
        try (TestNode node = TestNode.listening(database)) {
            WorkerContainer container = node.handle("node-storm", Integer.class, (number, context) -> number);
            inParallel(3, random -> {
                for (int i = 0; i < 4; i++) {
                    if (random.nextBoolean()) {
                        node.pgJobQ().start();
                    } else {
                        node.pgJobQ().stop();
                    }
                }
            });
            node.pgJobQ().start();
            container.start();

            assertWorks(node, "node-storm");
            assertThat(database.queryOne("select count(*) from pgjobq.node", Long.class))
                    .isEqualTo(1);
            for (String name : List.of("pgjobq-settler", "pgjobq-maintenance", "pgjobq-heartbeat")) {
                assertThat(threads(name)).as(name).isEqualTo(1);
            }
        }
        assertThat(database.queryOne("select count(*) from pgjobq.node", Long.class))
                .isZero();
        assertThat(threads("pgjobq-settler")).isZero();
    }

    @Test
    void aStopOnAnInterruptedThreadStopsAllAndLeavesTheThreadInterrupted() throws Exception {
        try (TestNode node = TestNode.listening(database)) {
            node.handle("interrupted", Integer.class, (number, context) -> number);
            node.start();
            Thread.currentThread().interrupt();
            node.pgJobQ().containers().forEach(WorkerContainer::stop);
            node.pgJobQ().stop();

            assertThat(Thread.interrupted()).isTrue();
            assertThat(node.pgJobQ().isRunning()).isFalse();
            assertThat(threads("pgjobq-interrupted")).isZero();
            assertThat(threads("pgjobq-settler")).isZero();
            assertThat(database.queryOne("select count(*) from pgjobq.node", Long.class))
                    .isZero();
        }
    }

    @RepeatedTest(10)
    void eachContainerThatIsCreatedWhileTheNodeStartsGetsItsQueue() throws Exception {
        try (TestNode node = TestNode.listening(database)) {
            AtomicBoolean over = new AtomicBoolean();
            Queue<WorkerContainer> created = new ConcurrentLinkedQueue<>();
            CountDownLatch first = new CountDownLatch(1);
            Thread creating = new Thread(() -> {
                for (int i = 0; i < 200 && !(over.get() && i > 20); i++) {
                    created.add(node.pgJobQ()
                            .container(
                                    "queue-" + i,
                                    List.of(TestNode.handler(Integer.class, (number, context) -> number)),
                                    QueueOptions.DEFAULT,
                                    ContainerOptions.builder().concurrency(1).build()));
                    first.countDown();
                }
            });
            creating.start();
            first.await();
            node.pgJobQ().start();
            over.set(true);
            creating.join();

            for (WorkerContainer container : created) {
                assertThat(node.pgJobQ().queues().describe(container.queue()).name())
                        .isEqualTo(container.queue());
            }
            for (WorkerContainer container : created) {
                container.start();
                assertWorks(node, container.queue());
                container.stop();
            }
        }
    }

    private static void assertWorks(TestNode node, String queue) throws Exception {
        SentJob<Integer> sent = node.sender().to(queue).send(1, Integer.class);
        assertThat(sent.completion(Duration.ofSeconds(20)).get(30, TimeUnit.SECONDS))
                .isNotNull();
    }

    private static long threads(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(name))
                .count();
    }

    private interface Turns {

        void run(Random random);
    }

    private static void inParallel(int count, Turns turns) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Random random = new Random();
            threads.add(new Thread(() -> turns.run(random)));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
