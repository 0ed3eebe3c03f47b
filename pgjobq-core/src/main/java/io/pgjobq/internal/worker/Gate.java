package io.pgjobq.internal.worker;

import io.pgjobq.internal.store.ClaimRequest;
import io.pgjobq.internal.store.Claimed;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Whether a queue's limits let jobs be taken, as far as the last answer says. It opens when the rate allows more, or when somebody tells
 * of room; that may be lost, so that it never stays closed for long. Not thread-safe.
 */
final class Gate {

    /** After so long it is tried again, whatever was said. */
    static final long LONGEST = TimeUnit.SECONDS.toNanos(5);

    private final LongSupplier nanoTime;

    /** Whether the queue has limits. */
    private boolean limited;

    /** Whether too many run, or the rate allows none until then; neither while it is open. */
    private boolean full;

    private boolean early;
    private long until;

    /** Whether this container has said that it will take the room that there is. */
    private boolean owing;

    Gate(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    boolean isLimited() {
        return limited;
    }

    boolean isOpen() {
        if ((full || early) && nanoTime.getAsLong() - until >= 0) {
            open();
        }
        return !full && !early;
    }

    /** Returns in how long it opens by itself, at least one; for a gate that is closed. */
    long nanosLeft() {
        return Math.max(1, until - nanoTime.getAsLong());
    }

    /** Anything may be allowed. */
    void open() {
        full = false;
        early = false;
    }

    /** A job has ended here, so that there is room, and the caller is going to take it. */
    void freed() {
        full = false;
        owing = true;
    }

    /** Learns from an answer; returns whether room is left that this container said it would take. */
    boolean learn(ClaimRequest request, Claimed claimed) {
        open();
        boolean owed = owing;
        owing = false;
        Claimed.Allowance allowance = claimed.allowance();
        limited = allowance != null;
        if (allowance == null) {
            return false;
        }
        if (!claimed.isFull(request)) {
            return owed;
        }
        long micros = Objects.requireNonNullElse(allowance.micros(), 0L);
        early = micros > 0;
        full = !early && allowance.jobs() < Math.min(request.limit(), request.startable());
        until = nanoTime.getAsLong() + (early ? TimeUnit.MICROSECONDS.toNanos(micros) : LONGEST);
        return false;
    }
}
