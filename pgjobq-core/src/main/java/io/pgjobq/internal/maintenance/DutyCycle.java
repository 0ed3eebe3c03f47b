package io.pgjobq.internal.maintenance;

import java.util.concurrent.TimeUnit;

/**
 * Keeps what may take long, since it walks over dead rows that can't be removed, to about 1 % of the time. What takes 50
 * milliseconds or less is never held up. Times are of {@link System#nanoTime}. Used by one thread.
 */
final class DutyCycle {

    private static final long FREE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int PAUSE = 100;

    private long from;

    DutyCycle(long now) {
        from = now;
    }

    /** Returns whether enough time has passed since the last time. */
    boolean isDue(long now) {
        return now - from >= 0;
    }

    /** It was done. */
    void took(long started, long ended) {
        from = ended + Math.max(0, ended - started - FREE_NANOS) * PAUSE;
    }
}
