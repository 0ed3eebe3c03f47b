package io.pgjobq.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.settle.QuarantineSlot;
import io.pgjobq.internal.store.ClaimRequest;
import io.pgjobq.internal.store.Claimed;
import io.pgjobq.internal.store.ClaimedJob;
import io.pgjobq.internal.store.Registration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** In which order the lanes of a queue have their turns. */
class LaneTurnsTests {

    @Test
    void nowAndThenTheLeastUrgentLaneComesFirstAndWhatItLeavesIsAskedForNext() {
        QuarantineSlot quarantine = new QuarantineSlot();
        quarantine.hold(7);
        Lanes fair = new Lanes(quarantine, 3);
        assertThat(fair.take(false)).startsWith(0, 1);
        assertThat(fair.take(false)).startsWith(0, 1);
        short[] backwards = fair.take(false);
        assertThat(backwards).containsExactly(9, 8, 7, 6, 5, 4, 3, 2, 1, 0);

        Lanes.Start start = fair.start(backwards);
        ClaimRequest request = new ClaimRequest(
                1, new Registration(1, 1), 0, 1, 1, backwards, start.from(), start.last(), start.told(), null);
        ClaimedJob job = new ClaimedJob(5, 5, 7, 1, 9, false, 0, "", new byte[0], null, Instant.EPOCH, Instant.EPOCH);
        fair.found(request, new Claimed(List.of(job), List.of(), 3, null));

        assertThat(fair.take(false)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    }
}
