package io.pgjobq.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.Handler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BeginBackOffTests {

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000);
    private final BeginBackOff backOff = new BeginBackOff("work", now::get);
    private final Handler handler = handler("one");

    @Test
    void aQueueWithoutTroubleDoesNotRest() {
        backOff.begun(handler);
        assertThat(backOff.rest()).isZero();
    }

    @Test
    void restsGrowToHalfAMinute() {
        List<Long> rests = new ArrayList<>();
        for (int i = 0; i < 11; i++) {
            backOff.failed(handler, new IllegalStateException());
            rests.add(backOff.rest().toMillis());
            pass(backOff.rest());
        }
        assertThat(rests)
                .containsExactly(100L, 200L, 400L, 800L, 1_600L, 3_200L, 6_400L, 12_800L, 25_600L, 30_000L, 30_000L);
        assertThat(backOff.rest()).isZero();
    }

    @Test
    void attemptsThatWereTakenTogetherCountOnce() {
        for (int i = 0; i < 10; i++) {
            backOff.failed(handler, new IllegalStateException());
        }
        assertThat(backOff.rest()).hasMillis(100);
    }

    @Test
    void noMoreAreTakenThanRunAtOnceUntilAnAttemptBegins() {
        assertThat(backOff.room(50, 2)).isEqualTo(50);
        backOff.failed(handler, new IllegalStateException());
        assertThat(backOff.room(50, 2)).isEqualTo(2);
        assertThat(backOff.room(1, 2)).isEqualTo(1);

        backOff.begun(handler);
        assertThat(backOff.room(50, 2)).isEqualTo(50);
    }

    @Test
    void attemptsAreChargedAfterAMinute() {
        assertThat(backOff.failed(handler, new IllegalStateException())).isFalse();
        pass(Duration.ofMillis(59_999));
        assertThat(backOff.failed(handler, new IllegalStateException())).isFalse();
        pass(Duration.ofMillis(1));
        assertThat(backOff.failed(handler, new IllegalStateException())).isTrue();
    }

    @Test
    void anAttemptThatBeginsEndsTheRestAndTheGrowth() {
        backOff.failed(handler, new IllegalStateException());
        pass(Duration.ofSeconds(59));
        backOff.failed(handler, new IllegalStateException());
        backOff.begun(handler);
        assertThat(backOff.rest()).isZero();
        pass(Duration.ofSeconds(2));
        assertThat(backOff.failed(handler, new IllegalStateException())).isFalse();
        assertThat(backOff.rest()).hasMillis(100);
    }

    @Test
    void oneHandlerThatBeginsDoesNotExcuseAnother() {
        backOff.failed(handler, new IllegalStateException());
        pass(Duration.ofMinutes(1));
        backOff.begun(handler("other"));
        assertThat(backOff.failed(handler, new IllegalStateException())).isTrue();
        assertThat(backOff.rest()).isPositive();
    }

    @Test
    void whatCannotBeRecordedRestsLongerAndLongerAlthoughItBegins() {
        List<Long> rests = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            backOff.begun(handler);
            backOff.unrecorded(handler);
            backOff.recorded(handler("other"));
            rests.add(backOff.rest().toMillis());
            pass(backOff.rest());
        }
        assertThat(rests).containsExactly(100L, 200L, 400L, 800L);
        assertThat(backOff.room(50, 2)).isEqualTo(2);

        backOff.recorded(handler);
        assertThat(backOff.isTroubled()).isFalse();
        assertThat(backOff.room(50, 2)).isEqualTo(50);
        backOff.unrecorded(handler);
        assertThat(backOff.rest()).hasMillis(100);
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private static Handler handler(String description) {
        return new Handler(description, String.class, Set.of("t"), null, (payload, context) -> null);
    }
}
