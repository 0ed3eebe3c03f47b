package io.pgjobq.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SignsOfLifeTests {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** Clocks of this kind may be negative, and pass through zero. */
    private long now = -3 * SECOND;

    private final SignsOfLife signs = new SignsOfLife(Duration.ofSeconds(1), Duration.ofSeconds(12), () -> this.now);

    @Test
    void areSteadyOnceTheyHaveBeenRegularForAWhile() {
        beat(4);
        assertThat(signs.areSteady()).isFalse();
        beat(1);
        assertThat(signs.areSteady()).isTrue();
    }

    @Test
    void areSteadyNoMoreWhenOneIsMissing() {
        beat(9);
        now += 2 * SECOND - 1;
        assertThat(signs.areSteady()).isTrue();
        now += 1;
        assertThat(signs.areSteady()).isFalse();
    }

    @Test
    void haveToBeRegularAnewAfterAGap() {
        beat(9);
        now += 2 * SECOND;
        beat(1);
        assertThat(signs.areSteady()).isFalse();
        beat(4);
        assertThat(signs.areSteady()).isFalse();
        beat(1);
        assertThat(signs.areSteady()).isTrue();
    }

    @Test
    void areOverdueAfterTheSilenceThatIsAllowed() {
        now += 12 * SECOND;
        assertThat(signs.areOverdue()).isFalse();
        now += 1;
        assertThat(signs.areOverdue()).isTrue();
        assertThat(signs.silentNanos()).isEqualTo(12 * SECOND + 1);
    }

    @Test
    void countFromWhenAHeartbeatWasSentAndNotFromItsAnswer() {
        long asked = now;
        now += 5 * SECOND;
        signs.answered(asked);

        assertThat(signs.silentNanos()).isEqualTo(5 * SECOND);
    }

    private void beat(int times) {
        for (int i = 0; i < times; i++) {
            now += SECOND;
            signs.answered(now);
        }
    }
}
