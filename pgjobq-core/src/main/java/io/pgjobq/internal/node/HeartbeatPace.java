package io.pgjobq.internal.node;

import java.time.Duration;

/** When a heartbeat is due that does not come from the listening connection. */
final class HeartbeatPace {

    private final Duration every;

    HeartbeatPace(Duration every) {
        this.every = every;
    }

    /**
     * Returns whether to send one now.
     *
     * @param silentNanos how long ago the last one was sent that was answered
     * @param listening whether the listening connection sends them; it may be late once, not twice
     */
    boolean isDue(long silentNanos, boolean listening) {
        return silentNanos > (listening ? every.multipliedBy(2) : every.dividedBy(2)).toNanos();
    }

    /** Returns how long to wait before it may be due. */
    Duration next(long silentNanos, boolean listening) {
        long left = every.multipliedBy(listening ? 2 : 1).toNanos() - silentNanos;
        // Where there is nothing to be shown yet, that takes no time.
        return Duration.ofNanos(Math.max(left, every.dividedBy(2).toNanos()));
    }

    /** Returns how long to wait after a failure: no longer than between two heartbeats. */
    Duration afterFailure(Duration backOff) {
        return backOff.compareTo(every) < 0 ? backOff : every;
    }
}
