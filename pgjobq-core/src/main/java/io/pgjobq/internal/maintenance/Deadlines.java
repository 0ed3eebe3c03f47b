package io.pgjobq.internal.maintenance;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Ends jobs whose deadlines are over and that nobody holds, some at a time. Used by one thread. */
final class Deadlines implements Step {

    /** How late a deadline of a job that was sent since the last look may be noticed. */
    static final Duration EVERY = Duration.ofMinutes(1);

    /** When to look again at one that is over, and that somebody is replacing. */
    static final Duration SOON = Duration.ofSeconds(1);

    private static final int AT_ONCE = 100;

    private final Expiries expiries;
    private final Announcements announcements;

    /** The jobs that have a deadline. */
    interface Expiries {

        /** Returns jobs whose deadlines are over. */
        List<Long> expired(int limit);

        /** Ends a job whose deadline is over, if nobody holds it; returns whether it has, and somebody waits for it. */
        boolean expire(long job);

        /** Returns in how many milliseconds the next deadline is over, {@code null} for never. */
        @Nullable
        Long nextDeadlineInMillis();
    }

    Deadlines(Expiries expiries, Announcements announcements) {
        this.expiries = expiries;
        this.announcements = announcements;
    }

    @Override
    public Duration run(boolean asked) {
        List<Long> expired = expiries.expired(AT_ONCE);
        for (long job : expired) {
            if (expiries.expire(job)) {
                announcements.ended(new long[] {job});
            }
        }
        if (expired.size() == AT_ONCE) {
            return Duration.ZERO;
        }
        Long next = expiries.nextDeadlineInMillis();
        if (next == null || next > EVERY.toMillis()) {
            return EVERY;
        }
        return next <= 0 ? SOON : Duration.ofMillis(next);
    }
}
