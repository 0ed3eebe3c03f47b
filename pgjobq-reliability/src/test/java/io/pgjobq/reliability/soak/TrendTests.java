package io.pgjobq.reliability.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What grows is told from what only goes up and down. */
class TrendTests {

    private static final long MEGABYTE = 1024 * 1024;

    @Test
    void aHeapThatGoesUpAndDownIsFlat() {
        assertThat(heap(second -> (30 + second % 7) * MEGABYTE).isFlat(0.1, 8)).isTrue();
    }

    @Test
    void aHeapThatGrowsDuringTheWarmUpOnlyIsFlat() {
        assertThat(heap(second -> (20 + Math.min(second, 25)) * MEGABYTE).isFlat(0.1, 8))
                .isTrue();
    }

    @Test
    void aHeapThatGrowsByATenthOfAMegabyteASecondIsNot() {
        Trend trend = heap(second -> 30 * MEGABYTE + second * MEGABYTE / 10);
        assertThat(trend.growth()).isBetween(4.5, 5.5);
        assertThat(trend.isFlat(0.1, 8)).isFalse();
    }

    @Test
    void aLargeHeapMayNotGrowByATenthWhereThatIsMuch() {
        assertThat(heap(second -> 200 * MEGABYTE + second * MEGABYTE / 5).isFlat(0.1, 8))
                .isFalse();
    }

    @Test
    void aTrendNeedsSamples() {
        assertThatThrownBy(() -> Trend.of(List.of(), Sample::heapMegabytes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("4 samples are needed, but there are 0");
    }

    private static Trend heap(LongUnaryOperator bytes) {
        List<Sample> samples = LongStream.range(0, 100)
                .mapToObj(second -> new Sample(second, bytes.applyAsLong(second), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
                .toList();
        return Trend.of(samples, Sample::heapMegabytes);
    }
}
