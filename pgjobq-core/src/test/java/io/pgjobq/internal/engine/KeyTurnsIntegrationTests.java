package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.pgjobq.JobContext;
import io.pgjobq.KeyOrder;
import io.pgjobq.QueueLimits;
import io.pgjobq.UnkeyedQueueException;
import io.pgjobq.WorkerContainer;
import io.pgjobq.test.NotThroughPgBouncer;
import io.pgjobq.test.PgBouncerMode;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Jobs with keys take turns, on however many nodes. */
@PostgresTest
class KeyTurnsIntegrationTests {

    private static final int KEYS = 20;
    private static final int OF_A_KEY = 15;

    /** In seconds: before anybody looks by himself. */
    private static final int SOON = 5;

    private TestDatabase database;
    private String queue = "";

    private final Map<String, Queue<Integer>> succeeded = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> running = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> most = new ConcurrentHashMap<>();
    private final CountDownLatch left = new CountDownLatch(KEYS * OF_A_KEY);

    @BeforeEach
    void nameQueue(TestInfo test) {
        queue = test.getTestMethod().orElseThrow().getName();
    }

    @RepeatedTest(3)
    void jobsOfAKeyRunOneAtATimeInOrderThroughRetriesOnWhateverNode() throws Exception {
        workOff(order(KeyOrder.STRICT), context -> failsAtFirst(context, 4));
        List<Integer> inOrder = IntStream.range(0, OF_A_KEY).boxed().toList();
        assertThat(succeeded)
                .hasSize(KEYS)
                .allSatisfy((key, numbers) -> assertThat(numbers).as(key).containsExactlyElementsOf(inOrder));
        assertThat(most.values()).allSatisfy(count -> assertThat(count).hasValue(1));
    }

    @RepeatedTest(3)
    void whatWaitsForItsNextAttemptHoldsNobodyBackIfTheOrderIsRelaxed() throws Exception {
        workOff(order(KeyOrder.RELAXED), context -> failsAtFirst(context, 4));
        List<Integer> all = IntStream.range(0, OF_A_KEY).boxed().toList();
        assertThat(succeeded)
                .hasSize(KEYS)
                .allSatisfy((key, numbers) -> assertThat(numbers).as(key).containsExactlyInAnyOrderElementsOf(all));
        assertThat(most.values()).allSatisfy(count -> assertThat(count).hasValue(1));
    }

    @RepeatedTest(3)
    void asManyOfAKeyRunAtOnceAsAreAllowedAndNoMore() throws Exception {
        CountDownLatch meeting = new CountDownLatch(2);
        workOff(QueueLimits.builder().concurrencyPerKey(2).build(), context -> {
            if (context.key().equals(Optional.of("key-0")) && meeting.getCount() > 0) {
                meeting.countDown();
                meeting.await(10, TimeUnit.SECONDS);
            }
            return false;
        });
        assertThat(succeeded)
                .hasSize(KEYS)
                .allSatisfy((key, numbers) -> assertThat(numbers).as(key).hasSize(OF_A_KEY));
        assertThat(most.values()).allSatisfy(count -> assertThat(count).hasValueLessThanOrEqualTo(2));
        assertThat(most.get("key-0")).hasValue(2);
    }

    /** What a handler does with a job before anything else. */
    @FunctionalInterface
    private interface Fate {

        boolean fails(JobContext context) throws InterruptedException;
    }

    private static boolean failsAtFirst(JobContext context, int oneIn) {
        return context.attempt() == 1 && context.id() % oneIn == 0;
    }

    private void workOff(QueueLimits limits, Fate fate) throws Exception {
        List<TestNode> nodes = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                nodes.add(node(fate));
            }
            nodes.get(0).pgJobQ().queues().create(queue);
            nodes.get(0).pgJobQ().queues().limit(queue, limits);
            nodes.forEach(TestNode::start);
            for (int number = 0; number < OF_A_KEY; number++) {
                for (int key = 0; key < KEYS; key++) {
                    nodes.get(key % 3)
                            .sender()
                            .to(queue)
                            .key("key-" + key)
                            .priority(number % 3)
                            .send(number);
                }
            }
            assertThat(left.await(60, TimeUnit.SECONDS))
                    .as("%s left, succeeded %s", left, succeeded)
                    .isTrue();
        } finally {
            nodes.forEach(TestNode::close);
        }
    }

    private TestNode node(Fate fate) {
        TestNode node = TestNode.listening(database);
        node.handle(queue, TestNode.concurrency(4), TestNode.handler(Integer.class, (number, context) -> {
            String key = context.key().orElseThrow();
            AtomicInteger now = running.computeIfAbsent(key, any -> new AtomicInteger());
            most.computeIfAbsent(key, any -> new AtomicInteger()).accumulateAndGet(now.incrementAndGet(), Math::max);
            try {
                Thread.yield();
                if (fate.fails(context)) {
                    throw new IllegalStateException("at first");
                }
                succeeded
                        .computeIfAbsent(key, any -> new ConcurrentLinkedQueue<>())
                        .add(number);
            } finally {
                now.decrementAndGet();
            }
            left.countDown();
            return null;
        }));
        return node;
    }

    @Test
    @NotThroughPgBouncer(
            value = PgBouncerMode.POLL_ONLY,
            because = "a node that only polls is told of no turn, and looks for it after a while")
    void theNextOfAKeyIsTakenByAnotherNodeIfItsOwnGoesOnNoMore() throws Exception {
        Semaphore started = new Semaphore(0);
        Semaphore ends = new Semaphore(0);
        try (TestNode one = TestNode.listening(database);
                TestNode other = TestNode.listening(database)) {
            WorkerContainer first = one.block(queue, started, ends);
            one.start();
            one.pgJobQ().queues().limit(queue, order(KeyOrder.STRICT));
            one.sender().to(queue).key("a").send(1);
            assertThat(started.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
            other.block(queue, started, ends);
            other.start();
            one.sender().to(queue).key("a").send(2);
            first.pause();

            ends.release();
            assertThat(started.tryAcquire(SOON, TimeUnit.SECONDS)).isTrue();
            assertThat(other.pgJobQ().containers().get(0).activeJobs()).isEqualTo(1);
            ends.release();
        }
    }

    @Test
    void aKeyIsRefusedWhereItSaysNothing() {
        try (TestNode node = TestNode.listening(database)) {
            node.start();
            node.pgJobQ().queues().create(queue);
            assertThatExceptionOfType(UnkeyedQueueException.class)
                    .isThrownBy(() -> node.sender().to(queue).key("a").send(1))
                    .withMessageContaining("order-per-key");
            node.pgJobQ().queues().limit(queue, order(KeyOrder.STRICT));
            node.sender().to(queue).key("a").send(1);
            assertThat(node.pgJobQ().queues().describe(queue).limits()).isEqualTo(order(KeyOrder.STRICT));
        }
    }

    private static QueueLimits order(KeyOrder order) {
        return QueueLimits.builder().orderPerKey(order).build();
    }
}
