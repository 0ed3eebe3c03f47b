package io.pgjobq.internal.maintenance;

import io.pgjobq.internal.store.ProgressStore.Swept;
import java.time.Duration;

/** Forgets the progress of jobs that are gone, some at a time. Used by one thread. */
final class LeftProgress implements Step {

    static final Duration EVERY = Duration.ofMinutes(1);

    /** Where there is none, no handler reports progress. */
    static final Duration RARELY = Duration.ofMinutes(20);

    static final int AT_ONCE = 1_000;

    private final Sweeper sweeper;

    /** After which job to go on. */
    private long after;

    /** The rows. */
    @FunctionalInterface
    interface Sweeper {

        /** Looks at so many rows after a job. */
        Swept sweepProgress(long after, int limit);
    }

    LeftProgress(Sweeper sweeper) {
        this.sweeper = sweeper;
    }

    @Override
    public Duration run(boolean asked) {
        boolean fromTheBeginning = after == 0;
        Swept swept = sweeper.sweepProgress(after, AT_ONCE);
        after = swept.next() == null ? 0 : swept.next();
        if (after != 0) {
            return Duration.ZERO;
        }
        return fromTheBeginning && !swept.any() ? RARELY : EVERY;
    }
}
