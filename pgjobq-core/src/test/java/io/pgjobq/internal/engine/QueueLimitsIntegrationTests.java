package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.pgjobq.JobSender;
import io.pgjobq.QueueLimits;
import io.pgjobq.Rate;
import io.pgjobq.UnknownQueueException;
import io.pgjobq.WorkerContainer;
import io.pgjobq.test.NotThroughPgBouncer;
import io.pgjobq.test.PgBouncerMode;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Limits that hold for all nodes together. */
@PostgresTest
class QueueLimitsIntegrationTests {

    /** In seconds: before a gate that is closed opens by itself. */
    private static final int SOON = 3;

    private TestDatabase database;
    private String queue = "";

    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    @BeforeEach
    void nameQueue(TestInfo test) {
        queue = test.getTestMethod().orElseThrow().getName();
    }

    @RepeatedTest(3)
    void nodesTogetherRunAsManyAsTheLimitAllowsAndNoMore() throws Exception {
        CountDownLatch left = new CountDownLatch(300);
        try (TestNode one = node(left);
                TestNode two = node(left);
                TestNode three = node(left)) {
            one.pgJobQ().queues().create(queue);
            one.pgJobQ().queues().limit(queue, concurrency(2));
            for (TestNode node : List.of(one, two, three)) {
                node.start();
            }
            // By all three, while the others work.
            for (int i = 0; i < 100; i++) {
                for (TestNode node : List.of(one, two, three)) {
                    node.sender().send(queue, i);
                }
            }
            assertThat(left.await(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(most).hasValue(2);
    }

    private TestNode node(CountDownLatch left) {
        TestNode node = TestNode.listening(database);
        node.handle(queue, TestNode.concurrency(4), TestNode.handler(Integer.class, (number, context) -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            Thread.yield();
            running.decrementAndGet();
            left.countDown();
            return null;
        }));
        return node;
    }

    @Test
    @NotThroughPgBouncer(
            value = PgBouncerMode.POLL_ONLY,
            because = "a node that only polls is told of no room, and asks again after a while")
    void roomThatANodeDoesNotTakeIsTakenByAnother() throws Exception {
        Semaphore started = new Semaphore(0);
        Semaphore ends = new Semaphore(0);
        try (TestNode one = TestNode.listening(database);
                TestNode other = TestNode.listening(database)) {
            WorkerContainer first = one.block(queue, started, ends);
            one.start();
            one.pgJobQ().queues().limit(queue, concurrency(1));
            JobSender sender = one.sender();
            sender.send(queue, 1);
            assertThat(started.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
            other.block(queue, started, ends);
            other.start();
            sender.send(queue, 2);
            first.pause();

            ends.release();
            // Long before anybody looks by himself.
            assertThat(started.tryAcquire(SOON, TimeUnit.SECONDS)).isTrue();
            assertThat(other.pgJobQ().containers().get(0).activeJobs()).isEqualTo(1);
            ends.release();
        }
    }

    @Test
    @NotThroughPgBouncer(
            value = PgBouncerMode.POLL_ONLY,
            because = "a node that only polls is told of no room, and asks again after a while")
    void aLimitThatIsRaisedLetsJobsStartAtOnce() throws Exception {
        Semaphore started = new Semaphore(0);
        Semaphore ends = new Semaphore(0);
        try (TestNode node = TestNode.listening(database);
                TestNode operator = TestNode.listening(database)) {
            node.block(queue, started, ends);
            node.start();
            operator.start();
            operator.pgJobQ().queues().limit(queue, concurrency(1));
            node.sender().sendAll(queue, List.of(1, 2, 3, 4));
            assertThat(started.tryAcquire(10, TimeUnit.SECONDS)).isTrue();

            operator.pgJobQ().queues().limit(queue, concurrency(3));
            assertThat(started.tryAcquire(2, SOON, TimeUnit.SECONDS)).isTrue();
            operator.pgJobQ().queues().limit(queue, QueueLimits.NONE);
            assertThat(started.tryAcquire(SOON, TimeUnit.SECONDS)).isTrue();
            assertThat(operator.pgJobQ().queues().describe(queue).limits()).isEqualTo(QueueLimits.NONE);
            ends.release(4);
        }
    }

    @Test
    void jobsStartAsSoonAsTheRateAllowsThem() throws Exception {
        List<Long> starts = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch left = new CountDownLatch(30);
        try (TestNode one = rated(starts, left);
                TestNode other = rated(starts, left)) {
            one.start();
            other.start();
            one.pgJobQ()
                    .queues()
                    .limit(queue, QueueLimits.builder().rate(Rate.perSecond(10)).build());
            one.sender().sendAll(queue, IntStream.range(0, 30).boxed().toList());
            // Two seconds and a bit: a poll comes after ten minutes only, and a gate opens by itself after five
            // seconds.
            assertThat(left.await(4, TimeUnit.SECONDS)).isTrue();
        }
        List<Long> sorted = starts.stream().sorted().toList();
        // What is counted is when a job was taken, and it starts a moment later.
        assertThat(Duration.ofNanos(sorted.get(29) - sorted.get(0))).isGreaterThan(Duration.ofMillis(1_900));
    }

    private TestNode rated(List<Long> starts, CountDownLatch left) {
        TestNode node = TestNode.listening(database);
        node.handle(queue, TestNode.concurrency(8), TestNode.handler(Integer.class, (number, context) -> {
            starts.add(System.nanoTime());
            left.countDown();
            return null;
        }));
        return node;
    }

    @Test
    void anUnknownQueueIsNotLimited() {
        try (TestNode node = TestNode.listening(database)) {
            node.start();
            assertThatExceptionOfType(UnknownQueueException.class)
                    .isThrownBy(() -> node.pgJobQ().queues().limit(queue, concurrency(1)));
        }
    }

    private static QueueLimits concurrency(int most) {
        return QueueLimits.builder().concurrency(most).build();
    }
}
