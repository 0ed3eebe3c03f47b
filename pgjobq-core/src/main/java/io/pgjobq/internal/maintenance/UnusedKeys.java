package io.pgjobq.internal.maintenance;

import io.pgjobq.internal.store.JobStore.KeyPosition;
import io.pgjobq.internal.store.JobStore.SweptKeys;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Forgets keys of unique jobs that nobody has any more, some at a time. Used by one thread. */
final class UnusedKeys implements Step {

    static final Duration EVERY = Duration.ofMinutes(1);

    /** Where there are none, nobody sends unique jobs. */
    static final Duration RARELY = Duration.ofMinutes(20);

    static final int AT_ONCE = 1_000;

    private final Sweeper sweeper;

    /** Where to go on, {@code null} at the beginning. */
    private @Nullable KeyPosition at;

    /** The keys. */
    @FunctionalInterface
    interface Sweeper {

        /** Looks at so many keys from a position on, {@code null} for the first. */
        SweptKeys sweepKeys(@Nullable KeyPosition from, int limit);
    }

    UnusedKeys(Sweeper sweeper) {
        this.sweeper = sweeper;
    }

    @Override
    public Duration run(boolean asked) {
        boolean fromTheBeginning = at == null;
        SweptKeys swept = sweeper.sweepKeys(at, AT_ONCE);
        at = swept.next();
        if (at != null) {
            return Duration.ZERO;
        }
        return fromTheBeginning && !swept.any() ? RARELY : EVERY;
    }
}
