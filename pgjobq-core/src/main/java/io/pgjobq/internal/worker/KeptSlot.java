package io.pgjobq.internal.worker;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The place of a workload that is kept for a job which is being sent. Not thread-safe. */
final class KeptSlot {

    private final LongSupplier nanoTime;
    private @Nullable Object sender;
    private long since;

    KeptSlot(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    void keep(Object by) {
        sender = by;
        since = nanoTime.getAsLong();
    }

    /** Returns whether somebody is sending, be he stuck or not. */
    boolean isAwaited() {
        return sender != null;
    }

    /** Whoever it is kept for may be stuck: what he sends is held like any other then, if it comes at all. */
    boolean isTaken() {
        return sender != null && nanoTime.getAsLong() - since < Workload.HOLD_NANOS;
    }

    /** It is not kept any more, if it is that sender's; returns whether it was. */
    boolean free(Object by) {
        boolean kept = sender == by;
        if (kept) {
            sender = null;
        }
        return kept;
    }
}
