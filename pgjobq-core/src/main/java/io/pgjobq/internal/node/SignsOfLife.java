package io.pgjobq.internal.node;

import java.time.Duration;
import java.util.function.LongSupplier;

/** When the node's heartbeats were answered, and what follows from that. Thread-safe. */
public final class SignsOfLife {

    private final long everyNanos;
    private final long silenceAllowedNanos;
    private final LongSupplier nanoTime;

    private volatile long last;

    /** Since when heartbeats have followed each other without a gap. */
    private volatile long since;

    public SignsOfLife(Duration every, Duration silenceAllowed, LongSupplier nanoTime) {
        this.everyNanos = every.toNanos();
        this.silenceAllowedNanos = silenceAllowed.toNanos();
        this.nanoTime = nanoTime;
        this.last = nanoTime.getAsLong();
        this.since = last;
    }

    /**
     * A heartbeat was answered.
     *
     * @param asked when it was sent: the server may have noted it at once, and the answer have taken its time
     */
    public void answered(long asked) {
        if (asked - last > 2 * everyNanos) {
            since = asked;
        }
        last = asked;
    }

    /** Returns for how long no heartbeat was sent that was answered. */
    public long silentNanos() {
        return nanoTime.getAsLong() - last;
    }

    /** Returns whether the others may have declared this node dead. */
    public boolean areOverdue() {
        return silentNanos() > silenceAllowedNanos;
    }

    /**
     * Returns whether this node's own heartbeats have been regular for a while. After an outage that all nodes shared, the
     * others deserve the time to come back: their lost connections are no sign of death.
     */
    public boolean areSteady() {
        return nanoTime.getAsLong() - since > 4 * everyNanos && silentNanos() < 2 * everyNanos;
    }
}
