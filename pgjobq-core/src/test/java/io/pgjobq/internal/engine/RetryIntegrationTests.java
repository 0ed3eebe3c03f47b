package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgjobq.BackOff;
import io.pgjobq.ContainerOptions;
import io.pgjobq.DeadJob;
import io.pgjobq.HistoryRetention;
import io.pgjobq.JobError;
import io.pgjobq.JobFilter;
import io.pgjobq.JobOutcome;
import io.pgjobq.NonRetryableJobException;
import io.pgjobq.QueueOptions;
import io.pgjobq.SentJob;
import io.pgjobq.UnknownQueueException;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.AlsoWithoutListening;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import io.pgjobq.test.TestOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

@PostgresTest
@AlsoThroughPgBouncer
@AlsoWithoutListening
class RetryIntegrationTests {

    private TestDatabase database;
    private String queue = "";

    record Order(int number) {}

    /** Can't be written as JSON. */
    static final class Endless {

        public Endless getSelf() {
            return this;
        }
    }

    @BeforeEach
    void nameQueue(TestInfo test) {
        queue = test.getTestMethod().orElseThrow().getName();
    }

    @Test
    void aFailedJobIsTriedAgainAfterItsBackOff() throws Exception {
        BackOff retry = BackOff.builder()
                .delay(Duration.ofMillis(100))
                .multiplier(2)
                .maxDelay(Duration.ofMinutes(1))
                .jitter(0)
                .build();
        TestOptions options = new TestOptions(
                QueueOptions.builder().maxAttempts(4).build(),
                ContainerOptions.builder()
                        .concurrency(5)
                        .retry(retry)
                        .shutdownTimeout(Duration.ofSeconds(1))
                        .build());
        BlockingQueue<Long> starts = new LinkedBlockingQueue<>();
        BlockingQueue<String> attempts = new LinkedBlockingQueue<>();
        try (TestNode node = TestNode.listening(database)) {
            node.handle(queue, options, TestNode.handler(Order.class, (order, context) -> {
                starts.add(System.nanoTime());
                attempts.add(context.attempt() + " of " + context.maxAttempts());
                if (context.attempt() < 4) {
                    throw new IllegalStateException("not yet");
                }
                return "done";
            }));
            node.start();
            SentJob<String> sent = node.sender().to(queue).send(new Order(1), String.class);
            JobOutcome<String> outcome = outcome(sent);
            assertThat(outcome.resultOrThrow()).isEqualTo("done");
            assertThat(outcome.attempts()).isEqualTo(4);
            assertThat(attempts).containsExactly("1 of 4", "2 of 4", "3 of 4", "4 of 4");
            long last = starts.take();
            for (int millis : List.of(100, 200, 400)) {
                long next = starts.take();
                assertThat(TimeUnit.NANOSECONDS.toMillis(next - last)).isBetween(millis - 1L, millis + 5_000L);
                last = next;
            }
        }
    }

    @Test
    void aJobWhoseAttemptsAreSpentIsKeptWithEveryError() throws Exception {
        try (TestNode node = failing(TestNode.listening(database), context -> {
            throw new IllegalArgumentException("attempt " + context);
        })) {
            SentJob<Void> sent =
                    node.sender().to(queue).attribute("tenant", "acme").send(new Order(7));
            JobOutcome.Dead<Void> dead = dead(sent);
            assertThat(dead.attempts()).isEqualTo(3);
            assertThat(dead.error().message()).isEqualTo("attempt 3");
            DeadJob job = node.pgJobQ().deadJobs().find(sent.id()).orElseThrow();
            assertThat(job.queue()).isEqualTo(queue);
            assertThat(job.type()).isEqualTo("Order");
            assertThat(job.payload()).asString().isEqualTo("{\"number\":7}");
            assertThat(job.attributes()).containsEntry("tenant", "acme");
            assertThat(job.errors()).extracting(JobError::attempt).containsExactly(1, 2, 3);
            assertThat(job.errors()).allSatisfy(error -> {
                assertThat(error.type()).isEqualTo(IllegalArgumentException.class.getName());
                assertThat(error.message()).isEqualTo("attempt " + error.attempt());
                assertThat(error.stack())
                        .contains(RetryIntegrationTests.class.getName())
                        .hasSizeLessThan(4_100);
                assertThat(error.failedAt())
                        .isBetween(job.sentAt(), job.diedAt().plusSeconds(1));
            });
            assertThat(TestNode.dead(node.pgJobQ(), queue))
                    .singleElement()
                    .extracting(DeadJob::id)
                    .isEqualTo(sent.id());
        }
    }

    @Test
    void whatTryingAgainWouldNotHelpIsDeadAtOnce() throws Exception {
        try (TestNode node = TestNode.listening(database)) {
            node.handle(queue, TestNode.concurrency(2), TestNode.handler(Order.class, (order, context) -> {
                if (order.number() == 1) {
                    throw new NonRetryableJobException("refused", new IllegalStateException("cause"));
                }
                return new Endless();
            }));
            node.start();
            JobOutcome.Dead<Void> refused = dead(node.sender().send(queue, new Order(1)));
            assertThat(refused.attempts()).isEqualTo(1);
            assertThat(refused.error().type()).isEqualTo(NonRetryableJobException.class.getName());
            assertThat(refused.error().stack()).contains("Caused by");
            JobOutcome.Dead<Void> unwritable = dead(node.sender().send(queue, new Order(2)));
            assertThat(unwritable.attempts()).isEqualTo(1);
            assertThat(unwritable.error().message()).contains("Endless").contains("can't be written");
            JobOutcome.Dead<Void> unreadable =
                    dead(node.sender().to(queue).type("Order").send(new byte[] {'{', 'x'}));
            assertThat(unreadable.attempts()).isEqualTo(1);
            assertThat(unreadable.error().message()).contains("Order");
        }
    }

    @Test
    void errorsFailTheAttemptAndNotTheNode() throws Exception {
        List<Error> errors = List.of(
                new StackOverflowError(),
                new OutOfMemoryError("none left"),
                new AssertionError("no"),
                new LinkageError());
        try (TestNode node = TestNode.listening(database)) {
            node.handle(queue, TestNode.concurrency(1), TestNode.handler(Order.class, (order, context) -> {
                if (order.number() < errors.size() && context.attempt() < 3) {
                    throw errors.get(order.number());
                }
                return order.number();
            }));
            node.start();
            for (int i = 0; i <= errors.size(); i++) {
                JobOutcome<Integer> outcome = outcome(node.sender().to(queue).send(new Order(i), Integer.class));
                assertThat(outcome.resultOrThrow()).isEqualTo(i);
                assertThat(outcome.attempts()).isEqualTo(i < errors.size() ? 3 : 1);
            }
        }
    }

    @Test
    void whateverAMessageHoldsItIsKept() throws Exception {
        List<String> messages =
                List.of("a\0b", "half \uD83D", "\uDE00 other half", "😀".repeat(3_000), "x".repeat(1_999) + "😀");
        try (TestNode node = TestNode.listening(database)) {
            node.handle(
                    queue,
                    TestNode.worker(1, 1, HistoryRetention.DEFAULT),
                    TestNode.handler(Order.class, (order, c) -> {
                        throw new IllegalStateException(messages.get(order.number()));
                    }));
            node.start();
            for (int i = 0; i < messages.size(); i++) {
                String message =
                        dead(node.sender().send(queue, new Order(i))).error().message();
                assertThat(message).isNotEmpty().hasSizeLessThan(2_010).doesNotContain("\0");
                assertThat(messages.get(i).substring(0, 1).equals(message.substring(0, 1)) || i == 2)
                        .isTrue();
            }
            assertThat(TestNode.dead(node.pgJobQ(), queue)).hasSize(messages.size());
        }
    }

    @Test
    void aJobThatIsRedrivenHasAllItsAttemptsAnew() throws Exception {
        AtomicBoolean healed = new AtomicBoolean();
        try (TestNode node = failing(TestNode.listening(database), attempt -> {
            if (!healed.get() || attempt < 3) {
                throw new IllegalStateException("ill");
            }
        })) {
            SentJob<Void> sent = node.sender().send(queue, new Order(1));
            dead(sent);
            healed.set(true);
            assertThat(node.pgJobQ().deadJobs().redrive(sent.id())).isTrue();
            JobOutcome<Void> outcome = outcome(sent);
            assertThat(outcome).isInstanceOf(JobOutcome.Succeeded.class);
            assertThat(outcome.attempts()).isEqualTo(3);
            assertThat(node.pgJobQ().deadJobs().redrive(sent.id())).isFalse();
            assertThat(node.pgJobQ().deadJobs().find(sent.id())).isEmpty();
        }
    }

    @Test
    void aJobThatDiesAgainHasTheErrorsOfBothLives() throws Exception {
        try (TestNode node = failing(TestNode.listening(database), attempt -> {
            throw new IllegalStateException("ill");
        })) {
            SentJob<Void> sent = node.sender().send(queue, new Order(1));
            dead(sent);
            assertThat(node.pgJobQ().deadJobs().redrive(sent.id())).isTrue();
            dead(sent);
            assertThat(node.pgJobQ().deadJobs().find(sent.id()).orElseThrow().errors())
                    .extracting(JobError::attempt)
                    .containsExactly(1, 2, 3, 1, 2, 3);
        }
    }

    @Test
    void allDeadJobsOfAQueueAreRedriven() throws Exception {
        AtomicBoolean healed = new AtomicBoolean();
        int count = 2_500;
        try (TestNode node = TestNode.listening(database)) {
            node.handle(
                    queue,
                    TestNode.worker(10, 1, HistoryRetention.DEFAULT),
                    TestNode.handler(Order.class, (order, c) -> {
                        if (!healed.get()) {
                            throw new NonRetryableJobException("ill");
                        }
                        return null;
                    }));
            node.start();
            List<SentJob<Void>> sent = node.sender()
                    .sendAll(
                            queue,
                            IntStream.range(0, count).mapToObj(Order::new).toList());
            for (SentJob<Void> job : sent) {
                dead(job);
            }
            assertThat(node.pgJobQ().queues().describe(queue).dead()).isEqualTo(count);
            healed.set(true);
            assertThat(node.pgJobQ().deadJobs().redriveAll(JobFilter.queue(queue)))
                    .isEqualTo(count);
            for (SentJob<Void> job : sent) {
                assertThat(outcome(job)).isInstanceOf(JobOutcome.Succeeded.class);
            }
            assertThat(node.pgJobQ().deadJobs().redriveAll(JobFilter.queue(queue)))
                    .isZero();
            assertThatThrownBy(() -> node.pgJobQ().deadJobs().redriveAll(JobFilter.queue("nobody")))
                    .isInstanceOf(UnknownQueueException.class);
        }
    }

    @FunctionalInterface
    private interface Attempt {

        void run(int attempt);
    }

    private TestNode failing(TestNode node, Attempt attempt) {
        node.handle(queue, TestNode.concurrency(1), TestNode.handler(Order.class, (order, context) -> {
            attempt.run(context.attempt());
            return null;
        }));
        return node.start();
    }

    private static <R> JobOutcome<R> outcome(SentJob<R> sent) throws Exception {
        return sent.completion().get(20, TimeUnit.SECONDS);
    }

    private static <R> JobOutcome.Dead<R> dead(SentJob<R> sent) throws Exception {
        JobOutcome<R> outcome = outcome(sent);
        assertThat(outcome).isInstanceOf(JobOutcome.Dead.class);
        return (JobOutcome.Dead<R>) outcome;
    }
}
