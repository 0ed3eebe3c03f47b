package io.pgjobq.internal.settle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.notify.Doorbell;
import io.pgjobq.internal.notify.Signal;
import io.pgjobq.internal.notify.SignalSink;
import io.pgjobq.internal.store.ClaimedJob;
import io.pgjobq.internal.store.Settlement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LimitedQueuesTests implements SignalSink {

    private final List<Signal> told = new ArrayList<>();
    private final LimitedQueues limited = new LimitedQueues(new Doorbell(this, null));
    private int freed;
    private boolean takes;

    @Test
    void roomIsTakenHereAsLongAsThereAreJobsToTake() {
        limited.watch(7, this::freed);
        takes = true;

        limited.settled(List.of(released(7), released(7), released(8)));

        assertThat(freed).as("once for all of them").isEqualTo(1);
        assertThat(told).isEmpty();
    }

    @Test
    void roomThatIsNotTakenHereIsToldToAll() {
        limited.watch(7, this::freed);

        limited.settled(List.of(released(7), released(8)));

        assertThat(told).containsExactly(new Signal.Room(7));
    }

    @Test
    void aQueueThatHasNoLimitsAnyMoreIsNobodysConcern() {
        limited.watch(7, this::freed);
        limited.forget(7);

        limited.settled(List.of(released(7)));

        assertThat(freed).isZero();
        assertThat(told).isEmpty();
    }

    private boolean freed() {
        freed++;
        return takes;
    }

    private static Settlement released(int queue) {
        return new Settlement.Released(
                new ClaimedJob(1, 1, 1, queue, 5, false, 0, "t", new byte[0], null, Instant.EPOCH, Instant.EPOCH));
    }

    @Override
    public void receive(Signal signal) {
        told.add(signal);
    }

    @Override
    public void resynchronize() {
        throw new IllegalStateException("nothing was missed");
    }
}
