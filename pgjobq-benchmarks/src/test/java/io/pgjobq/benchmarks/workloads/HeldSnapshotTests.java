package io.pgjobq.benchmarks.workloads;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class HeldSnapshotTests {

    private static final long MILLI = 1_000_000;

    @Test
    void tellsTheRateOfEachTenth() {
        // One each millisecond, and from the half on one each two milliseconds.
        long[] starts = LongStream.range(0, 200)
                .map(job -> job < 100 ? job * MILLI : 100 * MILLI + (job - 100) * 2 * MILLI)
                .toArray();
        assertThat(HeldSnapshot.tenths(starts))
                .containsExactly(1000.0, 1000.0, 1000.0, 1000.0, 1000.0, 500.0, 500.0, 500.0, 500.0, 500.0);
    }

    @Test
    void saysNothingOfTooFewJobs() {
        assertThat(HeldSnapshot.tenths(new long[99])).isEmpty();
    }
}
