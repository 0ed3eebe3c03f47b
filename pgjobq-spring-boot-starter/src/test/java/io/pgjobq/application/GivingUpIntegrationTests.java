package io.pgjobq.application;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.CancelResult;
import io.pgjobq.JobContext;
import io.pgjobq.JobHandler;
import io.pgjobq.JobOutcome;
import io.pgjobq.JobRetry;
import io.pgjobq.JobSender;
import io.pgjobq.Jobs;
import io.pgjobq.RetryDecision;
import io.pgjobq.RetryPolicy;
import io.pgjobq.SentJob;
import io.pgjobq.SnoozeException;
import io.pgjobq.TimeLimitExceededException;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;

/** Handlers put their jobs off, run too long, or are cancelled. */
@PostgresTest
class GivingUpIntegrationTests {

    private final TestDatabase database;

    GivingUpIntegrationTests(TestDatabase database) {
        this.database = database;
    }

    static class Handlers {

        private final AtomicInteger calls = new AtomicInteger();
        private final CountDownLatch started = new CountDownLatch(1);

        // A method, since a proxy of this class has fields of its own.
        public boolean awaitStarted() throws InterruptedException {
            return started.await(20, TimeUnit.SECONDS);
        }

        @JobHandler("snoozing")
        @Transactional
        public int snoozing(String payload, JobContext job) {
            if (calls.incrementAndGet() < 4) {
                throw new SnoozeException(Duration.ofMillis(1));
            }
            return job.attempt();
        }

        @JobHandler(value = "slow", timeLimit = "${slow.limit}")
        @JobRetry(value = TimeLimitExceededException.class, maxAttempts = 2, delay = "1ms")
        void slow(String payload) throws InterruptedException {
            new CountDownLatch(1).await();
        }

        @JobHandler("slow-by-property")
        CompletableFuture<String> slowByProperty(String payload) {
            return new CompletableFuture<>();
        }

        @JobHandler("unwanted")
        void unwanted(String payload) {
            throw new UnsupportedOperationException("nobody wants it");
        }

        @JobHandler("cancelled")
        void cancelled(String payload) throws InterruptedException {
            started.countDown();
            new CountDownLatch(1).await();
        }
    }

    @Test
    void handlersGiveUpInEveryWay() {
        RetryPolicy policy = (job, failure, backOff) ->
                failure instanceof UnsupportedOperationException ? RetryDecision.cancel() : null;
        Applications.on(database, "giving_up")
                .withBean(Handlers.class)
                .withBean(RetryPolicy.class, () -> policy)
                .withPropertyValues(
                        "slow.limit=50ms",
                        "pgjobq.queues.slow-by-property.time-limit=50ms",
                        "pgjobq.defaults.max-attempts=2",
                        "pgjobq.defaults.retry.delay=1ms")
                .run(context -> {
                    assertThat(outcome(context, "snoozing", Integer.class).resultOrThrow())
                            .isEqualTo(1);
                    assertThat(new JdbcTemplate(database.dataSource())
                                    .queryForObject(
                                            "select snoozes from giving_up.finished_job_view where queue = 'snoozing'",
                                            Integer.class))
                            .isEqualTo(3);
                    for (String queue : new String[] {"slow", "slow-by-property"}) {
                        assertThat(outcome(context, queue, Void.class))
                                .isInstanceOfSatisfying(JobOutcome.Dead.class, dead -> {
                                    assertThat(dead.attempts()).isEqualTo(2);
                                    assertThat(dead.error().message())
                                            .isEqualTo("ran longer than its time limit of PT0.05S");
                                });
                    }
                    assertThat(outcome(context, "unwanted", Void.class)).isInstanceOf(JobOutcome.Cancelled.class);
                    cancelsWhatRuns(context);
                });
    }

    private static void cancelsWhatRuns(ApplicationContext context) throws Exception {
        SentJob<Void> sent = context.getBean(JobSender.class).to("cancelled").send("x", Void.class);
        assertThat(context.getBean(Handlers.class).awaitStarted()).isTrue();
        assertThat(context.getBean(Jobs.class).cancel(sent.id(), "by ops")).isEqualTo(CancelResult.REQUESTED);
        assertThat(sent.completion().get(30, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        JobOutcome.Cancelled.class,
                        cancelled -> assertThat(cancelled.reason()).isEqualTo("by ops"));
    }

    private static <R> JobOutcome<R> outcome(ApplicationContext context, String queue, Class<R> type) throws Exception {
        return context.getBean(JobSender.class)
                .to(queue)
                .send("x", type)
                .completion()
                .get(30, TimeUnit.SECONDS);
    }
}
