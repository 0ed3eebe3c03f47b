package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.JobOutcome;
import io.pgjobq.JobType;
import io.pgjobq.SentJob;
import io.pgjobq.test.AlsoOnOtherJdks;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.AlsoWithoutListening;
import io.pgjobq.test.LogLines;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

@PostgresTest
@AlsoThroughPgBouncer
@AlsoWithoutListening
@AlsoOnOtherJdks
class DeliveryIntegrationTests {

    record Known(int number) {}

    record Foreign(int number) {}

    sealed interface Shape {}

    record Circle(int radius) implements Shape {}

    @JobType(value = "box", aliases = "Rectangle")
    record Box(int width) implements Shape {}

    private TestDatabase database;
    private String queue = "";

    @BeforeEach
    void nameQueue(TestInfo test) {
        queue = test.getTestMethod().orElseThrow().getName();
    }

    @Test
    void aFloodOfShortJobsRunsToItsEndEachJobOnce() throws Exception {
        int count = 60_000;
        ConcurrentHashMap<Integer, AtomicInteger> runs = new ConcurrentHashMap<>();
        CountDownLatch left = new CountDownLatch(count);
        try (LogLines log = LogLines.capture();
                TestNode node = TestNode.listening(database)) {
            node.handle(queue, Integer.class, (number, context) -> {
                runs.computeIfAbsent(number, key -> new AtomicInteger()).incrementAndGet();
                left.countDown();
                return null;
            });
            node.start();
            node.sender().sendAll(queue, IntStream.range(0, count).boxed().toList());
            assertThat(left.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(runs.values()).allMatch(times -> times.get() == 1);
            assertThat(log.with("refused")).isEmpty();
        }
    }

    @Test
    void nodesShareTheWorkAndEachJobRunsOnce() throws Exception {
        int count = 3_000;
        ConcurrentHashMap<Integer, AtomicInteger> runs = new ConcurrentHashMap<>();
        AtomicInteger[] perNode = {new AtomicInteger(), new AtomicInteger(), new AtomicInteger()};
        CountDownLatch left = new CountDownLatch(count);
        CountDownLatch idle = new CountDownLatch(perNode.length);
        List<TestNode> nodes = new ArrayList<>();
        try {
            for (AtomicInteger mine : perNode) {
                TestNode node = TestNode.listening(database);
                nodes.add(node);
                node.handle(queue, Integer.class, (number, context) -> {
                    if (mine.incrementAndGet() == 1) {
                        idle.countDown();
                    }
                    assertThat(idle.await(30, TimeUnit.SECONDS)).isTrue();
                    runs.computeIfAbsent(number, key -> new AtomicInteger()).incrementAndGet();
                    left.countDown();
                    return null;
                });
                node.start();
            }
            for (int i = 0; i < count; i += 10) {
                nodes.get(0)
                        .sender()
                        .sendAll(queue, IntStream.range(i, i + 10).boxed().toList());
            }
            assertThat(left.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(runs.values()).hasSize(count).allMatch(times -> times.get() == 1);
            assertThat(perNode).allMatch(mine -> mine.get() > 0);
        } finally {
            nodes.forEach(TestNode::close);
        }
    }

    @Test
    void aSlowHandlerHoldsNothingThatAnotherNodeCouldStart() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Set<Integer> elsewhere = ConcurrentHashMap.newKeySet();
        try (TestNode slow = TestNode.listening(database);
                TestNode other = TestNode.listening(database)) {
            slow.handle(queue, TestNode.concurrency(1), TestNode.handler(Integer.class, (number, context) -> {
                // Known to be short by now.
                if (number == 1_000) {
                    stuck.countDown();
                    go.await();
                }
                return null;
            }));
            slow.start();
            slow.sender().sendAll(queue, IntStream.range(0, 2_000).boxed().toList());
            assertThat(stuck.await(20, TimeUnit.SECONDS)).isTrue();
            other.handle(queue, Integer.class, (number, context) -> elsewhere.add(number));
            other.start();
            await().untilAsserted(() -> assertThat(elsewhere)
                    .containsAll(
                            new HashSet<>(IntStream.range(1_001, 2_000).boxed().toList())));
            go.countDown();
        }
    }

    @Test
    void aJobOfATypeThatNobodyHereKnowsIsLeftForOthersUncharged() throws Exception {
        try (LogLines log = LogLines.capture();
                TestNode ignorant = TestNode.polling(database.dataSource())) {
            ignorant.handle(queue, Known.class, (known, context) -> known.number());
            ignorant.start();
            SentJob<Integer> foreign = ignorant.sender().to(queue).send(new Foreign(1), Integer.class);
            SentJob<Integer> known = ignorant.sender().to(queue).send(new Known(2), Integer.class);
            assertThat(result(known)).isEqualTo(2);
            await().until(() -> !log.with("jobs of type 'Foreign'").isEmpty());
            for (int i = 0; i < 20; i++) {
                assertThat(result(ignorant.sender().to(queue).send(new Known(i), Integer.class)))
                        .isEqualTo(i);
            }
            assertThat(log.with("jobs of type 'Foreign'")).hasSize(1);
            assertThat(ignorant.pgJobQ().queues().describe(queue).ready()).isEqualTo(1);
            try (TestNode versed = TestNode.listening(database)) {
                versed.handle(queue, Foreign.class, (job, context) -> job.number() * 10 + context.attempt());
                versed.start();
                assertThat(result(foreign)).isEqualTo(11);
            }
        }
    }

    @Test
    void severalHandlersOfAQueueAreToldApartByTheirPayloads() throws Exception {
        try (TestNode node = TestNode.listening(database)) {
            node.handle(
                    queue,
                    TestNode.concurrency(2),
                    TestNode.handler(Shape.class, (shape, context) -> shape.toString()),
                    TestNode.handler(Known.class, (known, context) -> "known"),
                    TestNode.handler(byte[].class, (bytes, context) -> "rest " + context.type()));
            node.start();
            assertThat(result(node, new Circle(3), null)).isEqualTo("Circle[radius=3]");
            assertThat(result(node, new Box(4), null)).isEqualTo("Box[width=4]");
            assertThat(result(node, new Box(5), "Rectangle")).as("an alias").isEqualTo("Box[width=5]");
            assertThat(result(node, new Known(1), null)).isEqualTo("known");
            assertThat(result(node, new Foreign(1), null)).isEqualTo("rest Foreign");
            assertThat(result(node, new byte[1], null)).isEqualTo("rest ");
        }
    }

    private String result(TestNode node, Object payload, @Nullable String type) throws Exception {
        var spec = node.sender().to(queue);
        return String.valueOf(result((type == null ? spec : spec.type(type)).send(payload, String.class)));
    }

    private static <R> R result(SentJob<R> sent) throws Exception {
        JobOutcome<R> outcome = sent.completion().get(20, TimeUnit.SECONDS);
        assertThat(outcome.attempts()).isEqualTo(1);
        return outcome.resultOrThrow();
    }
}
