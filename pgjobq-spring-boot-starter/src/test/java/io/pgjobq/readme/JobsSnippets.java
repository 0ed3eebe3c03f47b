package io.pgjobq.readme;

import io.pgjobq.JobHandler;
import io.pgjobq.JobRetry;
import io.pgjobq.RetryDecision;
import io.pgjobq.RetryPolicy;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import org.springframework.context.annotation.Bean;

/** What docs/jobs.md shows. */
class JobsSnippets {

    record Payment(long id) {}

    interface Bank {

        void charge(Payment payment) throws IOException;
    }

    @SuppressWarnings("serial")
    static class CardDeclinedException extends RuntimeException {}

    @SuppressWarnings("serial")
    static class TooManyRequestsException extends RuntimeException {

        Duration retryAfter() {
            return Duration.ofSeconds(20);
        }
    }

    static class Payments {

        private final Bank bank;

        Payments(Bank bank) {
            this.bank = bank;
        }

        @JobHandler("payments")
        @JobRetry(value = CardDeclinedException.class, maxAttempts = 1)
        @JobRetry(value = IOException.class, excludes = FileNotFoundException.class, delay = "30s", maxDelay = "1h")
        @JobRetry(maxAttempts = 3)
        void charge(Payment payment) throws IOException {
            bank.charge(payment);
        }
    }

    static class Policies {

        @Bean
        RetryPolicy waitAsLongAsTheySay() {
            return (job, failure, backOff) -> failure instanceof TooManyRequestsException busy
                    ? RetryDecision.retryAfter(busy.retryAfter())
                    : null;
        }
    }
}
