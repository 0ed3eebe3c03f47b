package io.pgjobq.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PrefetchSizerTests {

    private final PrefetchSizer pace = new PrefetchSizer(500, 1, 2);

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

        PrefetchSizer none = new PrefetchSizer(0, 1, 2);
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
        pace.tooMuch(true);
        assertThat(pace.prefetch(10)).isZero();
        pace.ran(TimeUnit.MILLISECONDS.toNanos(2));
        assertThat(pace.prefetch(1)).isEqualTo(10);
    }

    @Test
    void whereJobsRunTogetherAsManyAreTakenAsBatchesWillBeStarted() {
        PrefetchSizer batches = new PrefetchSizer(500, 100, 2);
        assertThat(batches.places(3)).isEqualTo(300);
        batches.ran(TimeUnit.MILLISECONDS.toNanos(10));
        assertThat(batches.prefetch(1)).isEqualTo(200);
        assertThat(batches.prefetch(10)).isEqualTo(500);
        batches.ran(TimeUnit.SECONDS.toNanos(1));
        assertThat(batches.prefetch(10))
                .as("a slow call, however many jobs it is for")
                .isZero();
    }

    @Test
    void forFreePlacesNoMoreThanTenThousandAreTakenOrOneEach() {
        assertThat(new PrefetchSizer(500, 10_000, 2).places(3)).isEqualTo(10_000);
        assertThat(new PrefetchSizer(500, 1, 2).places(10_000)).isEqualTo(10_000);
        assertThat(new PrefetchSizer(500, 1, 2).places(-1)).isEqualTo(-1);
    }

    @Test
    void fewAreTakenForAPlaceWhereJobsRunOneByOneInsteadOfTogether() {
        PrefetchSizer batches = new PrefetchSizer(500, 5, 2);
        batches.tooMuch(false);
        assertThat(batches.places(1)).isEqualTo(5);
        batches.tooMuch(true);
        assertThat(batches.places(1)).isEqualTo(2);
        batches.started(1);
        assertThat(batches.places(1)).isEqualTo(2);
        batches.started(2);
        assertThat(batches.places(1)).isEqualTo(4);
        batches.started(4);
        assertThat(batches.places(1)).isEqualTo(5);
    }
}
