package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgjobq.CancelResult;
import io.pgjobq.JobOutcome;
import io.pgjobq.JobQueues;
import io.pgjobq.QueueDescription;
import io.pgjobq.QueueLimits;
import io.pgjobq.QueueNotEmptyException;
import io.pgjobq.SentJob;
import io.pgjobq.UnknownQueueException;
import io.pgjobq.WorkerContainer;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

@PostgresTest
class QueuesIntegrationTests {

    private TestDatabase database;
    private String queue = "";
    private final BlockingQueue<Integer> seen = new LinkedBlockingQueue<>();

    @BeforeEach
    void nameQueue(TestInfo test) {
        queue = test.getTestMethod().orElseThrow().getName();
    }

    @Test
    void aQueueIsCreatedDescribedAndDeleted() {
        try (TestNode node = TestNode.listening(database).start()) {
            JobQueues queues = node.pgJobQ().queues();
            queues.create(queue);
            queues.create(queue);
            assertThat(queues.names()).contains(queue).isSorted().doesNotHaveDuplicates();
            assertThat(queues.describe(queue))
                    .isEqualTo(new QueueDescription(queue, false, 0, 0, 0, 0, null, QueueLimits.NONE));
            node.sender().sendAll(queue, List.of(1, 2));
            node.sender().to(queue).delay(Duration.ofHours(1)).send(3);
            QueueDescription full = queues.describe(queue);
            assertThat(full.ready()).isEqualTo(2);
            assertThat(full.waiting()).isEqualTo(1);
            assertThat(full.oldestReadyAge()).isBetween(Duration.ZERO, Duration.ofMinutes(1));
            assertThat(queues.describeAll()).extracting(QueueDescription::name).contains(queue);
            assertThatThrownBy(() -> queues.delete(queue))
                    .isInstanceOf(QueueNotEmptyException.class)
                    .hasMessage("queue '" + queue
                            + "' has jobs; wait until they have ended, or use deleteWithJobs to cancel them");
            queues.deleteWithJobs(queue);
            assertThat(queues.names()).doesNotContain(queue);
            assertThat(database.queryOne("select count(*) from pgjobq.job", Long.class))
                    .isZero();
            assertThatThrownBy(() -> node.sender().send(queue, 1)).isInstanceOf(UnknownQueueException.class);
            queues.create(queue);
            queues.delete(queue);
            assertThatThrownBy(() -> queues.delete(queue)).isInstanceOf(UnknownQueueException.class);
            assertThatThrownBy(() -> queues.deleteWithJobs(queue)).isInstanceOf(UnknownQueueException.class);
            assertThatThrownBy(() -> queues.describe(queue)).isInstanceOf(UnknownQueueException.class);
            assertThatThrownBy(() -> queues.pause(queue)).isInstanceOf(UnknownQueueException.class);
        }
    }

    @Test
    void namesThatMakeNoSenseAreRefused() {
        try (TestNode node = TestNode.listening(database).start()) {
            JobQueues queues = node.pgJobQ().queues();
            for (String bad : List.of("", " ", "-a", "a b", "ä", "a\0", "a\n", "x".repeat(101), "(deleted) 1 a")) {
                assertThatThrownBy(() -> queues.create(bad))
                        .as(bad)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("1 to 100 letters");
            }
            for (String good : List.of("a", "9", "A.b_c-d:e/f", "x".repeat(100))) {
                queues.create(good);
                queues.delete(good);
            }
        }
    }

    @Test
    void whoWaitsForAJobOfADeletedQueueIsToldThatItIsCancelled() throws Exception {
        try (TestNode node = TestNode.listening(database).start()) {
            node.pgJobQ().queues().create(queue);
            SentJob<Integer> sent = node.sender().to(queue).send(1, Integer.class);
            var waiting = sent.completion();
            node.pgJobQ().queues().deleteWithJobs(queue);
            assertThat(waiting.get(10, TimeUnit.SECONDS)).isInstanceOf(JobOutcome.Cancelled.class);
        }
    }

    @Test
    void aPausedQueueStartsNothingOnAnyNode() throws Exception {
        try (TestNode node = working();
                TestNode other = working()) {
            for (int i = 0; i < 5; i++) {
                node.pgJobQ().queues().pause(queue);
                node.sender().send(queue, i);
                other.sender().send(queue, i);
                // Both look and find nothing to take.
                database.execute("select pg_notify('pgjobq_jobs', 'l' || id) from pgjobq.queue");
                assertThat(node.pgJobQ().queues().describe(queue).paused()).isTrue();
                assertThat(seen.poll(100, TimeUnit.MILLISECONDS)).isNull();
                other.pgJobQ().queues().resume(queue);
                assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo(i);
                assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo(i);
            }
        }
    }

    @Test
    void aContainerIsPausedResumedStoppedAndStartedWhileTheNodeRuns() throws Exception {
        try (TestNode node = working()) {
            WorkerContainer container = node.pgJobQ().containers().get(0);
            assertThat(container.queue()).isEqualTo(queue);
            for (int i = 0; i < 5; i++) {
                container.pause();
                assertThat(container.isRunning()).isTrue();
                assertThat(container.isPaused()).isTrue();
                node.sender().send(queue, i);
                assertThat(seen.poll(100, TimeUnit.MILLISECONDS)).isNull();
                container.resume();
                assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo(i);
                container.stop();
                assertThat(container.isRunning()).isFalse();
                node.sender().send(queue, -i);
                assertThat(seen.poll(100, TimeUnit.MILLISECONDS)).isNull();
                container.start();
                assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo(-i);
            }
            await().until(() -> container.activeJobs() == 0);
        }
    }

    @Test
    void onlyAJobThatNobodyHasTakenIsCancelled() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (TestNode node = TestNode.listening(database)) {
            node.handle(queue, TestNode.concurrency(1), TestNode.handler(Integer.class, (number, context) -> {
                running.countDown();
                go.await();
                return number;
            }));
            node.start();
            SentJob<Integer> first = node.sender().to(queue).send(1, Integer.class);
            assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();
            SentJob<Integer> ready = node.sender().to(queue).send(2, Integer.class);
            SentJob<Integer> waiting =
                    node.sender().to(queue).delay(Duration.ofHours(1)).send(3, Integer.class);
            assertThat(node.jobs().cancel(ready.id())).as("ready").isEqualTo(CancelResult.CANCELLED);
            assertThat(node.jobs().cancel(ready.id())).as("cancelled").isEqualTo(CancelResult.UNKNOWN);
            assertThat(node.jobs().cancel(waiting.id())).as("waiting").isEqualTo(CancelResult.CANCELLED);
            assertThat(node.jobs().cancel(987_654_321)).as("unknown").isEqualTo(CancelResult.UNKNOWN);
            go.countDown();
            assertThat(first.completion().get(10, TimeUnit.SECONDS).resultOrThrow())
                    .isEqualTo(1);
            assertThat(node.jobs().cancel(first.id())).as("ended").isEqualTo(CancelResult.UNKNOWN);
            assertThat(ready.completion().get(10, TimeUnit.SECONDS)).isInstanceOf(JobOutcome.Cancelled.class);
            assertThat(waiting.completion().get(10, TimeUnit.SECONDS)).isInstanceOf(JobOutcome.Cancelled.class);
        }
    }

    @Test
    void aSecondContainerOfAQueueIsRefusedWithTheWayOut() {
        try (TestNode node = working()) {
            assertThatThrownBy(() -> node.handle(queue, Integer.class, (number, context) -> number))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "queue '" + queue + "': has a container already; give that one all handlers of the queue");
        }
    }

    private TestNode working() {
        TestNode node = TestNode.listening(database);
        node.handle(queue, Integer.class, (number, context) -> seen.add(number));
        return node.start();
    }
}
