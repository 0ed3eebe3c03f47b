package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.BackOff;
import io.pgjobq.ContainerOptions;
import io.pgjobq.JobOutcome;
import io.pgjobq.QueueOptions;
import io.pgjobq.SentJob;
import io.pgjobq.WorkerContainer;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import io.pgjobq.test.TestOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Handlers whose work goes on after the call. */
@PostgresTest
class UnfinishedWorkIntegrationTests {

    private final BlockingQueue<CompletableFuture<Integer>> works = new LinkedBlockingQueue<>();
    private final BlockingQueue<Integer> attempts = new LinkedBlockingQueue<>();

    @Test
    void aJobEndsWhenItsWorkEndsAndTakesAPlaceUntilThen(TestDatabase database) throws Exception {
        try (TestNode node = TestNode.listening(database)) {
            WorkerContainer container = handle(node, 2);
            node.start();
            List<SentJob<Integer>> jobs = IntStream.range(0, 20)
                    .mapToObj(n -> node.sender().to("work").send(n, Integer.class))
                    .toList();
            for (int n = 0; n < jobs.size(); n++) {
                CompletableFuture<Integer> first = works.poll(20, TimeUnit.SECONDS);
                if (n < jobs.size() - 1) {
                    await().until(() -> works.size() == 1);
                    assertThat(container.activeJobs()).isEqualTo(2);
                }
                first.complete(n);
            }
            for (SentJob<Integer> job : jobs) {
                assertThat(job.completion().get(20, TimeUnit.SECONDS).resultOrThrow())
                        .isBetween(0, 19);
            }
            await().until(() -> container.activeJobs() == 0);
        }
    }

    @Test
    void workThatFailsIsTriedAgain(TestDatabase database) throws Exception {
        try (TestNode node = TestNode.listening(database)) {
            handle(node, 1);
            node.start();
            SentJob<Integer> job = node.sender().to("work").send(1, Integer.class);
            works.poll(20, TimeUnit.SECONDS).completeExceptionally(new IllegalStateException("not yet"));
            works.poll(20, TimeUnit.SECONDS).complete(7);
            JobOutcome<Integer> outcome = job.completion().get(20, TimeUnit.SECONDS);
            assertThat(outcome.resultOrThrow()).isEqualTo(7);
            assertThat(attempts).containsExactly(1, 2);
        }
    }

    @Test
    void aStopCancelsTheWorkAndGivesTheJobBackUncharged(TestDatabase database) throws Exception {
        try (TestNode node = TestNode.listening(database)) {
            WorkerContainer container = handle(node, 1);
            node.start();
            SentJob<Integer> job = node.sender().to("work").send(1, Integer.class);
            CompletableFuture<Integer> work = works.poll(20, TimeUnit.SECONDS);
            container.stop();
            assertThat(work).isCancelled();
            container.start();
            works.poll(20, TimeUnit.SECONDS).complete(7);
            assertThat(job.completion().get(20, TimeUnit.SECONDS).resultOrThrow())
                    .isEqualTo(7);
            assertThat(attempts).containsExactly(1, 1);
        }
    }

    private WorkerContainer handle(TestNode node, int concurrency) {
        BackOff retry = BackOff.fixed(Duration.ofMillis(20));
        TestOptions options = new TestOptions(
                QueueOptions.builder().maxAttempts(3).build(),
                ContainerOptions.builder()
                        .concurrency(concurrency)
                        .retry(retry)
                        .shutdownTimeout(Duration.ofMillis(100))
                        .build());
        return node.handle("work", options, TestNode.handler(Integer.class, (payload, job) -> {
            CompletableFuture<Integer> work = new CompletableFuture<>();
            attempts.add(job.attempt());
            works.add(work);
            return work;
        }));
    }
}
