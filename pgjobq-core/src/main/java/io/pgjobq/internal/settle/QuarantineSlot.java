package io.pgjobq.internal.settle;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The quarantined job that a node holds: one at a time, whichever of its queues it is of, so that none takes another along when it
 * kills the process. Thread-safe.
 */
public final class QuarantineSlot {

    private static final long FREE = 0;
    private static final long ASKED_FOR = -1;

    /** The claim of the quarantined job that is held, or one of the above. */
    private final AtomicLong holder = new AtomicLong(FREE);

    private final List<CapacityListener> waiting = new CopyOnWriteArrayList<>();

    /** Lets the caller be told when it may be free again. */
    public void onFree(CapacityListener listener) {
        waiting.add(listener);
    }

    public boolean isFree() {
        return holder.get() == FREE;
    }

    /** Returns whether the caller may ask for a quarantined job, and nobody else until it has been answered. */
    public boolean reserve() {
        return holder.compareAndSet(FREE, ASKED_FOR);
    }

    /** There was a quarantined job. */
    public void hold(long claim) {
        holder.set(claim);
    }

    /** There was none. Those who wait are told when the caller holds no locks. */
    public void giveUp() {
        holder.compareAndSet(ASKED_FOR, FREE);
    }

    /** It is recorded how this claim's quarantined job ended: there may be another. */
    public void settled(long claim) {
        if (holder.compareAndSet(claim, FREE)) {
            tellWaiting();
        }
    }

    public void tellWaiting() {
        waiting.forEach(CapacityListener::freed);
    }
}
