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

    /** Whether somebody has told of room since the last request: its answer may be older. */
    private boolean told;

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
            reset();
        }
        return !full && !early;
    }

    /** Returns in how long it opens by itself, at least one; for a gate that is closed. */
    long nanosLeft() {
        return Math.max(1, until - nanoTime.getAsLong());
    }

    private void reset() {
        full = false;
        early = false;
    }

    /** Anything may be allowed. */
    void open() {
        reset();
        told = true;
    }

    /** Jobs are being asked for. What is told from now on may not be known to the answer. */
    void asking() {
        told = false;
    }

    /** A job has ended here, so that there is room, and the caller is going to take it. */
    void freed() {
        full = false;
        told = true;
        owing = true;
    }

    /** Learns from an answer; returns whether room is left that this container said it would take. */
    boolean learn(ClaimRequest request, Claimed claimed) {
        reset();
        boolean owed = owing && !told;
        owing &= told;
        Claimed.Allowance allowance = claimed.allowance();
        limited = allowance != null;
        if (allowance == null) {
            return false;
        }
        if (!claimed.isFull(request)) {
            return owed;
        }
        if (told) {
            return false;
        }
        long micros = Objects.requireNonNullElse(allowance.micros(), 0L);
        early = micros > 0;
        full = !early && allowance.jobs() < Math.min(request.limit(), request.startable());
        until = nanoTime.getAsLong() + (early ? TimeUnit.MICROSECONDS.toNanos(micros) : LONGEST);
        return false;
    }
}
