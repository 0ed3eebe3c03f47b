package io.pgjobq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.pgjobq.test.RandomValues;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackOffTests {

    @ParameterizedTest
    @CsvSource({"0, PT1S", "1, PT1S", "2, PT2S", "3, PT4S", "10, PT8M32S", "11, PT10M", "100, PT10M"})
    void theDelayGrowsUpToItsLimit(int attempt, Duration delay) {
        BackOff policy = BackOff.builder()
                .delay(Duration.ofSeconds(1))
                .multiplier(2)
                .maxDelay(Duration.ofMinutes(10))
                .jitter(0)
                .build();
        assertThat(policy.delayAfter(attempt, 0.9)).isEqualTo(delay);
    }

    @ParameterizedTest
    @CsvSource({"0, PT8S", "0.5, PT10S", "0.999999999, PT12S"})
    void jitterSpreadsToBothSides(double random, Duration delay) {
        BackOff policy = BackOff.builder()
                .delay(Duration.ofSeconds(10))
                .multiplier(1)
                .maxDelay(Duration.ofMinutes(1))
                .jitter(0.2)
                .build();
        assertThat(policy.delayAfter(1, random)).isEqualTo(delay);
    }

    @Test
    void theDelayIsNeverNegativeNorBeyondItsLimit() {
        RandomValues.times(1_000, values -> {
            BackOff policy = BackOff.builder()
                    .delay(Duration.ofSeconds(values.intBetween(0, 1_000_000)))
                    .multiplier(values.doubleBetween(1, Math.nextUp(1000.0)))
                    .maxDelay(Duration.ofSeconds(1_000_000))
                    .jitter(values.doubleBetween(0, Math.nextUp(1.0)))
                    .build();

            assertThat(policy.delayAfter(values.intBetween(1, 100), values.doubleBetween(0, 1)))
                    .isBetween(Duration.ZERO, policy.maxDelay());
        });
    }

    @ParameterizedTest
    @CsvSource({
        "PT-1S, 2, PT1M, 0.2, 'retry.delay must not be negative, but is PT-1S'",
        "PT2M, 2, PT1M, 0.2, 'retry.delay must not exceed the max-delay of PT1M, but is PT2M'",
        "PT1S, 2, P366D, 0.2, 'retry.max-delay must not exceed 365 days, but is PT8784H'",
        "PT1S, 0.9, PT1M, 0.2, 'retry.multiplier must be from 1 to 1000, but is 0.9'",
        "PT1S, 1001, PT1M, 0.2, 'retry.multiplier must be from 1 to 1000, but is 1001.0'",
        "PT1S, NaN, PT1M, 0.2, 'retry.multiplier must be from 1 to 1000, but is NaN'",
        "PT1S, 2, PT1M, -0.1, 'retry.jitter must be from 0 to 1, but is -0.1'",
        "PT1S, 2, PT1M, 1.1, 'retry.jitter must be from 0 to 1, but is 1.1'",
        "PT1S, 2, PT1M, NaN, 'retry.jitter must be from 0 to 1, but is NaN'",
    })
    void whatMakesNoSenseIsRefused(Duration delay, double multiplier, Duration max, double jitter, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BackOff.builder()
                        .delay(delay)
                        .multiplier(multiplier)
                        .maxDelay(max)
                        .jitter(jitter)
                        .build())
                .withMessage(message);
    }
}
