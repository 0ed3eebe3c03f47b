package io.pgjobq.internal.worker;

/**
 * How many jobs to hold beyond those that run: as many as will be started within the time that fetching more takes, or 20
 * milliseconds if that is longer. Nothing for a handler that is slower, and nothing before it is known how fast it is.
 * Guarded by the container's lock.
 */
final class PrefetchSizer {

    private static final double WINDOW_NANOS = 20_000_000;

    /** The weight of the newest measurement. */
    private static final double WEIGHT = 0.1;

    private final int most;
    private double handlerNanos = Double.POSITIVE_INFINITY;
    private double claimNanos;

    /** @param most never more than these */
    PrefetchSizer(int most) {
        this.most = most;
    }

    /** A job ran for so long. */
    void ran(long nanos) {
        handlerNanos = Double.isInfinite(handlerNanos) ? nanos : handlerNanos + WEIGHT * (nanos - handlerNanos);
    }

    /** Jobs were fetched in so long. */
    void claimed(long nanos) {
        claimNanos += WEIGHT * (nanos - claimNanos);
    }

    /** Held jobs were not started in time: the handler is slower than thought. */
    void tooMuch() {
        handlerNanos = Double.POSITIVE_INFINITY;
    }

    int prefetch(int concurrency) {
        double window = Math.max(WINDOW_NANOS, 4 * claimNanos);
        if (handlerNanos > window) {
            return 0;
        }
        return (int) Math.min(most, concurrency * window / Math.max(1, handlerNanos));
    }
}
