package io.pgjobq.internal.maintenance;

import io.pgjobq.internal.store.Swept;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Forgets rows of one kind that nobody needs once their jobs are gone, some at a time: keys of unique jobs, progress. Used by
 * one thread.
 *
 * @param <P> a place among the rows
 */
final class Leftovers<P> implements Step {

    static final Duration EVERY = Duration.ofMinutes(1);

    /** Where there are none, nobody uses what they are for. */
    static final Duration RARELY = Duration.ofMinutes(20);

    static final int AT_ONCE = 1_000;

    private final Rows<P> rows;

    /** Where to go on, {@code null} at the beginning. */
    private @Nullable P at;

    /** The rows. */
    @FunctionalInterface
    interface Rows<P> {

        /** Looks at so many of them from a place on, {@code null} for the first, and forgets those that nobody needs. */
        Swept<P> sweep(@Nullable P from, int limit);
    }

    Leftovers(Rows<P> rows) {
        this.rows = rows;
    }

    @Override
    public Duration run(boolean asked) {
        boolean fromTheBeginning = at == null;
        Swept<P> swept = rows.sweep(at, AT_ONCE);
        at = swept.next();
        if (at != null) {
            return Duration.ZERO;
        }
        return fromTheBeginning && !swept.any() ? RARELY : EVERY;
    }
}
