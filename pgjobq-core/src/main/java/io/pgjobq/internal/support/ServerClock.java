package io.pgjobq.internal.support;

import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The time as the database's server tells it: what its last answer has shown, and what has passed here since. Thread-safe. */
public final class ServerClock {

    private final LongSupplier nanoTime;

    /** {@code null} before the first answer. */
    private volatile @Nullable Shown shown;

    private record Shown(Instant time, long at) {}

    /** @param nanoTime a clock that only goes on */
    public ServerClock(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * An answer has just come.
     *
     * @param time the server's time in it
     * @param took how long it took; the server is taken to have looked at its clock half-way
     */
    public void learn(Instant time, Duration took) {
        shown = new Shown(time.plus(took.dividedBy(2)), nanoTime.getAsLong());
    }

    /** Returns how long ago that was, by the server's clock; zero if it is still to come, or nothing has been learned yet. */
    public Duration since(Instant then) {
        Shown last = shown;
        if (last == null) {
            return Duration.ZERO;
        }
        Duration since = Duration.between(then, last.time).plusNanos(nanoTime.getAsLong() - last.at);
        return since.isNegative() ? Duration.ZERO : since;
    }
}
