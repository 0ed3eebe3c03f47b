package io.pgjobq.internal.worker;

import java.time.Duration;
import java.util.function.LongSupplier;

/** How long a job has until its deadline, by this node's clock from when the server said so. */
record TimeLeft(Duration then, long at, LongSupplier nanoTime) {

    static TimeLeft of(Duration now, LongSupplier nanoTime) {
        return new TimeLeft(now, nanoTime.getAsLong(), nanoTime);
    }

    /** Returns it, nothing if the time is over. */
    Duration now() {
        Duration left = then.minusNanos(nanoTime.getAsLong() - at);
        return left.isNegative() ? Duration.ZERO : left;
    }
}
