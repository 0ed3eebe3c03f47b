package io.pgjobq.application;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.JobContext;
import io.pgjobq.JobHandler;
import io.pgjobq.JobOutcome;
import io.pgjobq.JobRetry;
import io.pgjobq.JobSender;
import io.pgjobq.RetryDecision;
import io.pgjobq.RetryPolicy;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.annotation.Transactional;

/** How often a job runs depends on what its handler throws. */
@PostgresTest
class RetryByExceptionIntegrationTests {

    private final TestDatabase database;

    RetryByExceptionIntegrationTests(TestDatabase database) {
        this.database = database;
    }

    static class Handlers {

        @JobHandler("plain")
        @JobRetry(value = IOException.class, maxAttempts = 1)
        @JobRetry(maxAttempts = 3, delay = "1ms")
        void plain(String payload, JobContext job) throws Exception {
            fail(payload, job);
        }

        @JobHandler("transactional")
        @Transactional
        @JobRetry(value = IOException.class, maxAttempts = 1)
        @JobRetry(maxAttempts = 3, delay = "1ms")
        public void transactional(String payload, JobContext job) throws Exception {
            fail(payload, job);
        }

        @JobHandler("without-rules")
        void withoutRules(String payload, JobContext job) throws Exception {
            fail(payload, job);
        }

        private static void fail(String payload, JobContext job) throws Exception {
            switch (payload) {
                case "broken" -> throw new IOException("attempt " + job.attempt());
                case "busy" -> throw new IllegalStateException("attempt " + job.attempt());
                case "odd" -> {
                    if (job.attempt() < 3) {
                        throw new UnsupportedOperationException("attempt " + job.attempt());
                    }
                }
                default -> {}
            }
        }
    }

    @Test
    void annotationsComeBeforeBeansAndThoseBeforeTheQueue() {
        RetryPolicy policy = (job, failure, backOff) -> {
            if (failure instanceof UnsupportedOperationException) {
                return RetryDecision.retryAfter(Duration.ofMillis(5));
            }
            return failure instanceof IOException ? RetryDecision.dead() : null;
        };
        Applications.on(database, "retries")
                .withBean(Handlers.class)
                .withBean(RetryPolicy.class, () -> policy)
                .withPropertyValues("pgjobq.defaults.max-attempts=4", "pgjobq.defaults.retry.delay=1ms")
                .run(context -> {
                    JobSender sender = context.getBean(JobSender.class);
                    for (String queue : new String[] {"plain", "transactional"}) {
                        assertThat(attemptsUntilDead(sender, queue, "broken")).isEqualTo(1);
                        assertThat(attemptsUntilDead(sender, queue, "busy")).isEqualTo(3);
                    }
                    assertThat(attemptsUntilDead(sender, "without-rules", "broken"))
                            .isEqualTo(1);
                    assertThat(attemptsUntilDead(sender, "without-rules", "busy"))
                            .isEqualTo(4);
                    assertThat(outcome(sender, "without-rules", "odd")).isInstanceOf(JobOutcome.Succeeded.class);
                });
    }

    private static int attemptsUntilDead(JobSender sender, String queue, String payload) throws Exception {
        JobOutcome<Void> outcome = outcome(sender, queue, payload);
        assertThat(outcome).isInstanceOf(JobOutcome.Dead.class);
        return outcome.attempts();
    }

    private static JobOutcome<Void> outcome(JobSender sender, String queue, String payload) throws Exception {
        return sender.to(queue).send(payload, Void.class).completion().get(30, TimeUnit.SECONDS);
    }
}
