package io.pgjobq.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HeartbeatPaceTests {

    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final HeartbeatPace pace = new HeartbeatPace(Duration.ofSeconds(1));

    @Test
    void isSentOnceInAnIntervalIfNobodyElseDoes() {
        assertThat(pace.isDue(500 * MILLI, false)).isFalse();
        assertThat(pace.isDue(501 * MILLI, false)).isTrue();
        assertThat(pace.next(0, false)).isEqualTo(Duration.ofSeconds(1));
        assertThat(pace.next(300 * MILLI, false)).isEqualTo(Duration.ofMillis(700));
    }

    @Test
    void isLeftToTheListeningConnectionUnlessThatIsLateTwice() {
        assertThat(pace.isDue(2_000 * MILLI, true)).isFalse();
        assertThat(pace.isDue(2_001 * MILLI, true)).isTrue();
        assertThat(pace.next(300 * MILLI, true)).isEqualTo(Duration.ofMillis(1_700));
    }

    @Test
    void isNeverAskedForWithoutAPause() {
        assertThat(pace.next(9_000 * MILLI, false)).isEqualTo(Duration.ofMillis(500));
        assertThat(pace.next(9_000 * MILLI, true)).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void isTriedAgainAfterAFailureBeforeTheNextOneWouldBeDue() {
        assertThat(pace.afterFailure(Duration.ofMillis(50))).isEqualTo(Duration.ofMillis(50));
        assertThat(pace.afterFailure(Duration.ofSeconds(5))).isEqualTo(Duration.ofSeconds(1));
    }
}
