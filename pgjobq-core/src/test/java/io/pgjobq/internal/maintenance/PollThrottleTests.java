package io.pgjobq.internal.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PollThrottleTests {

    private final PollThrottle pace = new PollThrottle();

    @Test
    void anIdleNodeLooksOnceInAWhile() {
        List<Boolean> looks = new ArrayList<>();
        for (int i = 0; i < 15; i++) {
            looks.add(pace.shouldLook(7, false));
        }

        assertThat(looks)
                .containsExactly(
                        true, true, false, false, false, false, false, true, false, false, false, false, false, true,
                        false);
    }

    @Test
    void aNodeLooksTwiceAfterANumberWasDrawn() {
        pace.shouldLook(7, false);
        pace.shouldLook(7, false);
        assertThat(pace.shouldLook(7, false)).isFalse();

        assertThat(pace.shouldLook(8, false)).isTrue();
        assertThat(pace.shouldLook(8, false)).as("it may have been uncommitted").isTrue();
        assertThat(pace.shouldLook(8, false)).isFalse();
    }

    @Test
    void aNodeThatHearsNothingAlwaysLooks() {
        for (int i = 0; i < 9; i++) {
            assertThat(pace.shouldLook(7, true)).isTrue();
        }
    }

    @Test
    void remembersHowFarNumbersHadBeenDrawnAPollBefore() {
        assertThat(pace.drawnBeforeLastPoll()).isZero();
        pace.shouldLook(7, false);
        assertThat(pace.drawnBeforeLastPoll()).isZero();
        pace.shouldLook(9, false);
        assertThat(pace.drawnBeforeLastPoll()).isEqualTo(7);
        pace.shouldLook(9, false);
        assertThat(pace.drawnBeforeLastPoll()).isEqualTo(9);
    }
}
