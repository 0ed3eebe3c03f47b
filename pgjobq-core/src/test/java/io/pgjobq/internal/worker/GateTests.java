package io.pgjobq.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.store.ClaimRequest;
import io.pgjobq.internal.store.Claimed;
import io.pgjobq.internal.store.Claimed.Allowance;
import io.pgjobq.internal.store.ClaimedJob;
import io.pgjobq.internal.store.Registration;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GateTests {

    private static final ClaimRequest REQUEST = new ClaimRequest(
            7, new Registration(1, 1), 0, 10, 4, new short[] {5}, new long[1], new long[1], new long[1], null);

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000);
    private final Gate gate = new Gate(now::get);

    @Test
    void isOpenAsLongAsNothingIsKnownOfLimits() {
        assertThat(gate.isLimited()).isFalse();
        assertThat(gate.isOpen()).isTrue();
        gate.learn(REQUEST, claimed(10, null));
        assertThat(gate.isLimited()).isFalse();
        assertThat(gate.isOpen()).isTrue();
    }

    @Test
    void staysOpenWhereMoreIsAllowedThanWasThere() {
        gate.learn(REQUEST, claimed(2, new Allowance(3, null)));

        assertThat(gate.isLimited()).isTrue();
        assertThat(gate.isOpen()).isTrue();
    }

    @Test
    void staysOpenWhereOnlyThisNodeHasNoPlaceForMore() {
        gate.learn(REQUEST, claimed(4, new Allowance(4, null)));

        assertThat(gate.isOpen()).isTrue();
    }

    @Test
    void closesWhenNoMoreMayRunUntilAnEndMakesRoom() {
        gate.learn(REQUEST, claimed(2, new Allowance(2, null)));
        assertThat(gate.isOpen()).isFalse();

        gate.freed();
        assertThat(gate.isOpen()).isTrue();
    }

    @Test
    void opensByItselfSinceWhatWasToldMayBeLost() {
        gate.learn(REQUEST, claimed(0, new Allowance(0, null)));
        assertThat(gate.nanosLeft()).isEqualTo(Gate.LONGEST);

        pass(Duration.ofNanos(Gate.LONGEST - 1));
        assertThat(gate.isOpen()).isFalse();
        pass(Duration.ofNanos(1));
        assertThat(gate.isOpen()).isTrue();
    }

    @Test
    void opensWhenTheRateAllowsMoreAndNotBecauseAJobHasEnded() {
        gate.learn(REQUEST, claimed(4, new Allowance(4, 1_500L)));
        assertThat(gate.nanosLeft()).isEqualTo(TimeUnit.MICROSECONDS.toNanos(1_500));

        gate.freed();
        assertThat(gate.isOpen()).isFalse();
        pass(Duration.ofNanos(1_500_000));
        assertThat(gate.isOpen()).isTrue();
    }

    @Test
    void staysOpenIfThereIsRoomThatTheAnswerMayNotKnowOf() {
        gate.asking();
        gate.freed();
        assertThat(gate.learn(REQUEST, claimed(0, new Allowance(0, null)))).isFalse();
        assertThat(gate.isOpen()).isTrue();

        gate.asking();
        assertThat(gate.learn(REQUEST, claimed(1, new Allowance(3, null))))
                .as("still owed")
                .isTrue();

        gate.asking();
        gate.open();
        gate.learn(REQUEST, claimed(0, new Allowance(0, 60_000_000L)));
        assertThat(gate.isOpen()).isTrue();

        gate.asking();
        gate.learn(REQUEST, claimed(0, new Allowance(0, null)));
        assertThat(gate.isOpen()).isFalse();
    }

    @Test
    void opensWhenTheLimitsMayBeOthers() {
        gate.learn(REQUEST, claimed(0, new Allowance(0, 60_000_000L)));

        gate.open();
        assertThat(gate.isOpen()).isTrue();
    }

    @Test
    void saysThatRoomIsLeftOnlyIfItWasToBeTakenHere() {
        assertThat(gate.learn(REQUEST, claimed(1, new Allowance(3, null)))).isFalse();

        gate.freed();
        gate.asking();
        assertThat(gate.learn(REQUEST, claimed(1, new Allowance(3, null)))).isTrue();
        assertThat(gate.learn(REQUEST, claimed(1, new Allowance(3, null))))
                .as("said once")
                .isFalse();
        gate.freed();
        gate.asking();
        assertThat(gate.learn(REQUEST, claimed(3, new Allowance(3, null))))
                .as("taken")
                .isFalse();
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private static Claimed claimed(int jobs, @Nullable Allowance allowance) {
        ClaimedJob job = new ClaimedJob(1, 1, 1, 7, 5, false, 0, "t", new byte[0], null, Instant.EPOCH, Instant.EPOCH);
        return new Claimed(Collections.nCopies(jobs, job), List.of(), 0, allowance);
    }
}
