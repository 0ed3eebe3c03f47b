package io.pgjobq;

import java.time.Duration;

/**
 * How long finished jobs are kept. They go a partition at a time, so they may stay up to a day longer (up to a month for
 * more than 62 days).
 *
 * @param succeeded for jobs that succeeded, with their times and results; zero keeps nothing
 * @param dead for dead and cancelled jobs, with their payloads and errors; zero keeps nothing
 */
public record HistoryRetention(Duration succeeded, Duration dead) {

    private static final Duration LONGEST = Duration.ofDays(3660);

    /** A day for jobs that succeeded, 30 days for dead and cancelled ones. */
    public static final HistoryRetention DEFAULT = new HistoryRetention(Duration.ofHours(24), Duration.ofDays(30));

    public HistoryRetention {
        check("succeeded", succeeded);
        check("dead", dead);
    }

    private static void check(String name, Duration value) {
        InvalidOptionException.check(
                !value.isNegative() && value.compareTo(LONGEST) <= 0,
                "history." + name,
                value,
                "must be from 0 to 3660 days");
    }
}
