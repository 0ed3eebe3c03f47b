package io.pgjobq.internal.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ServerClockTests {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private long nanos = Long.MAX_VALUE - 5;
    private final ServerClock clock = new ServerClock(() -> nanos);

    @Test
    void nothingIsAnyTimeAgoUntilTheServerHasAnswered() {
        assertThat(clock.since(NOON.minusSeconds(3))).isZero();
    }

    @Test
    void goesOnFromWhatTheLastAnswerHasShown() {
        clock.learn(NOON, Duration.ofSeconds(2));
        assertThat(clock.since(NOON)).as("the answer took a second").isEqualTo(Duration.ofSeconds(1));
        nanos += TimeUnit.SECONDS.toNanos(10);
        assertThat(clock.since(NOON)).isEqualTo(Duration.ofSeconds(11));
        clock.learn(NOON.plusSeconds(5), Duration.ZERO);
        assertThat(clock.since(NOON)).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void nothingIsLessThanNoTimeAgo() {
        clock.learn(NOON, Duration.ZERO);
        assertThat(clock.since(NOON.plusSeconds(1))).isZero();
    }
}
