package io.pgjobq.internal.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DutyCycleTests {

    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    /** Clocks of this kind may be negative, and pass through zero. */
    private final long start = -10 * MILLI;

    private final DutyCycle share = new DutyCycle(start);

    @Test
    void whatIsCheapIsDueAtOnce() {
        assertThat(share.isDue(start)).isTrue();
        share.took(start, start + 50 * MILLI);
        assertThat(share.isDue(start + 50 * MILLI)).isTrue();
    }

    @Test
    void whatTookLongIsDueAfterAPauseThatIsAHundredTimesAsLong() {
        share.took(start, start + 450 * MILLI);

        assertThat(share.isDue(start + 40_449 * MILLI)).isFalse();
        assertThat(share.isDue(start + 40_450 * MILLI)).isTrue();
    }
}
