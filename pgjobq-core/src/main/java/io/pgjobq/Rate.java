package io.pgjobq;

import java.time.Duration;

/**
 * How many in what time.
 *
 * @param count how many, from 1 to 1,000,000
 * @param period in what time, from 1 second to 1 day
 */
public record Rate(int count, Duration period) {

    private static final int MOST = 1_000_000;

    /** Checks both. */
    public Rate {
        if (count < 1 || count > MOST) {
            throw new IllegalArgumentException("the count of a rate must be from 1 to " + MOST + ", but is " + count);
        }
        if (period.compareTo(Duration.ofSeconds(1)) < 0 || period.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("the period of a rate must be from 1 second to 1 day, but is " + period);
        }
    }

    /** Returns a rate of so many each second. */
    public static Rate perSecond(int count) {
        return new Rate(count, Duration.ofSeconds(1));
    }

    /** Returns a rate of so many each minute. */
    public static Rate perMinute(int count) {
        return new Rate(count, Duration.ofMinutes(1));
    }
}
