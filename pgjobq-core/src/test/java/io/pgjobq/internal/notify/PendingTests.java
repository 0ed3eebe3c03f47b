package io.pgjobq.internal.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class PendingTests {

    private final Pending pending = new Pending();

    @Test
    void isEmptyAtFirst() {
        assertThat(pending.isEmpty()).isTrue();
        assertThat(pending.jobs()).isEmpty();
        assertThat(pending.done()).isEmpty();
    }

    @Test
    void eachLaneIsToldOnceWithItsLowestSeq() {
        pending.add(new Signal.Ready(1, 5, 30));
        pending.add(new Signal.Ready(1, 5, 10));
        pending.add(new Signal.Ready(1, 5, 20));
        pending.add(new Signal.Ready(1, 6, 40));
        pending.add(new Signal.Ready(2, 5, 50));

        assertThat(pending.jobs())
                .containsExactlyInAnyOrder(
                        new Signal.Ready(1, 5, 10), new Signal.Ready(1, 6, 40), new Signal.Ready(2, 5, 50));
        assertThat(pending.isEmpty()).isFalse();
    }

    @Test
    void onlyTheEarliestDueTimeAndEachQueueOnceAreTold() {
        pending.add(new Signal.Due(300));
        pending.add(new Signal.Due(200));
        pending.add(new Signal.Look(4));
        pending.add(new Signal.Look(4));
        pending.add(new Signal.Room(6));
        pending.add(new Signal.Room(6));

        assertThat(pending.jobs())
                .containsExactlyInAnyOrder(new Signal.Due(200), new Signal.Look(4), new Signal.Room(6));
    }

    @Test
    void endsGoToThoseWhoWaitAndNotToThoseWhoRun() {
        pending.add(new Signal.Ended(List.of(1L, 2L)));
        pending.add(new Signal.Ended(List.of(3L)));

        assertThat(pending.jobs()).isEmpty();
        assertThat(pending.done()).containsExactly(new Signal.Ended(List.of(1L, 2L, 3L)));
        assertThat(pending.isEmpty()).isFalse();
    }

    @Test
    void progressIsToldOnceForEachJobToThoseWhoWait() {
        pending.add(new Signal.Progressed(List.of(1L)));
        pending.add(new Signal.Progressed(List.of(1L)));
        assertThat(pending.isEmpty()).isFalse();
        pending.add(new Signal.Ended(List.of(3L)));

        assertThat(pending.jobs()).isEmpty();
        assertThat(pending.done()).containsExactly(new Signal.Progressed(List.of(1L)), new Signal.Ended(List.of(3L)));
    }

    @Test
    void endsDoNotPileUpWithoutLimit() {
        for (int i = 0; i < 1_000; i++) {
            pending.add(new Signal.Ended(Collections.nCopies(1_000, 1L)));
        }

        assertThat(((Signal.Ended) pending.done().get(0)).ids()).hasSizeLessThan(102_000);
    }
}
