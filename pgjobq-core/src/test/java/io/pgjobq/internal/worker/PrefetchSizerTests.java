package io.pgjobq.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PrefetchSizerTests {

    private final PrefetchSizer pace = new PrefetchSizer(500, 1);

    @Test
    void holdsNothingBeforeItIsKnownHowFastTheHandlerIs() {
        assertThat(pace.prefetch(100)).isZero();
    }

    @Test
    void holdsWhatIsStartedWithinTwentyMilliseconds() {
        pace.ran(TimeUnit.MILLISECONDS.toNanos(2));
        assertThat(pace.prefetch(3)).isEqualTo(30);
    }

    @Test
    void holdsNothingForASlowHandler() {
        pace.ran(TimeUnit.MILLISECONDS.toNanos(21));
        assertThat(pace.prefetch(10_000)).isZero();
    }

    @Test
    void holdsMoreWhereFetchingTakesLong() {
        pace.ran(TimeUnit.MILLISECONDS.toNanos(10));
        for (int i = 0; i < 200; i++) {
            pace.claimed(TimeUnit.MILLISECONDS.toNanos(50));
        }
        assertThat(pace.prefetch(1)).isBetween(18, 20);
    }

    @Test
    void holdsNeverMoreThanTheMost() {
        pace.ran(0);
        assertThat(pace.prefetch(10_000)).isEqualTo(500);

        PrefetchSizer none = new PrefetchSizer(0, 1);
        none.ran(0);
        assertThat(none.prefetch(10_000)).isZero();
    }

    @Test
    void followsTheHandlerAsItGetsSlowerOrFaster() {
        pace.ran(TimeUnit.MILLISECONDS.toNanos(1));
        for (int i = 0; i < 100; i++) {
            pace.ran(TimeUnit.MILLISECONDS.toNanos(100));
        }
        assertThat(pace.prefetch(10)).isZero();
        for (int i = 0; i < 100; i++) {
            pace.ran(TimeUnit.MILLISECONDS.toNanos(1));
        }
        assertThat(pace.prefetch(10)).isPositive();
    }

    @Test
    void learnsAnewAfterItHeldTooMuch() {
        pace.ran(1_000);
        pace.tooMuch();
        assertThat(pace.prefetch(10)).isZero();
        pace.ran(TimeUnit.MILLISECONDS.toNanos(2));
        assertThat(pace.prefetch(1)).isEqualTo(10);
    }
}
