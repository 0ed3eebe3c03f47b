package io.pgjobq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class JobOutcomeTests {

    private static final Instant NOW = Instant.parse("2026-03-10T12:00:00Z");

    @Test
    void aSuccessHasAResult() {
        JobOutcome<String> outcome = new JobOutcome.Succeeded<>(7, NOW, 1, NOW, "done");

        assertThat(outcome.resultOrThrow()).isEqualTo("done");
        assertThat(new JobOutcome.Succeeded<>(7, NOW, 1, NOW, null).resultOrThrow())
                .isNull();
    }

    @Test
    void aDeadJobThrowsItsLastError() {
        JobOutcome<String> outcome = new JobOutcome.Dead<>(7, NOW, 3, new JobError(3, NOW, "a.Type", "broken", ""));

        assertThatExceptionOfType(JobNotSucceededException.class)
                .isThrownBy(outcome::resultOrThrow)
                .withMessage("job 7 is dead after attempt 3: a.Type: broken")
                .satisfies(ex -> assertThat(ex.outcome()).isSameAs(outcome));
    }

    @Test
    void aCancelledJobThrows() {
        JobOutcome<String> outcome = new JobOutcome.Cancelled<>(7, NOW, 0, null);

        assertThatExceptionOfType(JobNotSucceededException.class)
                .isThrownBy(outcome::resultOrThrow)
                .withMessage("job 7 was cancelled");
    }

    @Test
    void aJobThatWasCancelledForAReasonSaysIt() {
        JobOutcome<String> outcome = new JobOutcome.Cancelled<>(7, NOW, 0, "by ops");

        assertThatExceptionOfType(JobNotSucceededException.class)
                .isThrownBy(outcome::resultOrThrow)
                .withMessage("job 7 was cancelled: by ops");
    }
}
