package io.pgjobq.internal.worker;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.pgjobq.HistoryRetention;
import io.pgjobq.RetryPolicy;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkerOptionsTests {

    @ParameterizedTest
    @CsvSource({"1, 1, PT0S", "10000, 100, P1D"})
    void theLimitsAreAllowed(int concurrency, int maxAttempts, Duration shutdown) {
        assertThatNoException().isThrownBy(() -> options(concurrency, maxAttempts, shutdown));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, PT1S, 'concurrency must be from 1 to 10000, but is 0'",
        "10001, 1, PT1S, 'concurrency must be from 1 to 10000, but is 10001'",
        "1, 0, PT1S, 'max-attempts must be from 1 to 100, but is 0'",
        "1, 101, PT1S, 'max-attempts must be from 1 to 100, but is 101'",
        "1, 1, PT-1S, 'shutdown-timeout must be from 0 to 1 day, but is PT-1S'",
        "1, 1, P2D, 'shutdown-timeout must be from 0 to 1 day, but is PT48H'",
    })
    void whatIsBeyondIsRefusedByName(int concurrency, int maxAttempts, Duration shutdown, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options(concurrency, maxAttempts, shutdown))
                .withMessage(message);
    }

    @ParameterizedTest
    @CsvSource({
        "PT-1S, PT1S, 'history succeeded must be from 0 to 3660 days, but is PT-1S'",
        "PT1S, P3661D, 'history dead must be from 0 to 3660 days, but is PT87864H'",
    })
    void historyHasLimitsToo(Duration succeeded, Duration dead, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HistoryRetention(succeeded, dead))
                .withMessage(message);
    }

    private static WorkerOptions options(int concurrency, int maxAttempts, Duration shutdown) {
        return new WorkerOptions(
                concurrency, maxAttempts, RetryPolicy.DEFAULT, shutdown, true, HistoryRetention.DEFAULT);
    }
}
