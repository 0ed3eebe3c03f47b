package io.pgjobq.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LatenciesTests {

    private final Latencies latencies = new Latencies();

    @Test
    void tellsPercentilesInMilliseconds() {
        IntStream.rangeClosed(1, 100).forEach(millis -> latencies.add(millis * 1_000_000L));
        assertThat(latencies.percentiles("x ")).containsOnlyKeys("x p50", "x p95", "x p99", "x p99.9", "x max");
        assertThat(latencies.percentiles("").get("p50")).isCloseTo(50, within(0.1));
        assertThat(latencies.percentiles("").get("p99")).isCloseTo(99, within(0.1));
        assertThat(latencies.seconds()).isCloseTo(5.05, within(0.01));
    }

    @Test
    void countsWhatLooksNegativeAsNothing() {
        latencies.add(-5);
        assertThat(latencies.percentiles("").get("max")).isZero();
    }

    @Test
    void tellsNothingOfNothing() {
        assertThat(latencies.percentiles("")).isEmpty();
    }
}
