package io.pgjobq.internal.maintenance;

import io.pgjobq.internal.notify.Doorbell;
import io.pgjobq.internal.notify.Signal;
import io.pgjobq.internal.store.LanePosition;
import java.util.Arrays;

/** Tells this node and the others what upkeep has changed. Thread-safe. */
final class Announcements {

    private final Doorbell doorbell;

    Announcements(Doorbell doorbell) {
        this.doorbell = doorbell;
    }

    /** Jobs have become ready. */
    void ready(LanePosition ready) {
        doorbell.ring(signal(ready));
    }

    /** Jobs are ready of which the other nodes have heard, or will find out by themselves. */
    void readyHere(LanePosition ready) {
        doorbell.ringHere(signal(ready));
    }

    /** There is room in a queue, if it has limits. */
    void room(int queue) {
        doorbell.ring(new Signal.Room(queue));
    }

    /** Jobs have ended that somebody waits for. */
    void ended(long[] ids) {
        if (ids.length > 0) {
            doorbell.ring(new Signal.Ended(Arrays.stream(ids).boxed().toList()));
        }
    }

    private static Signal signal(LanePosition ready) {
        return new Signal.Ready(ready.queue(), ready.priority(), ready.seq());
    }
}
