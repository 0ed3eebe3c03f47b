package io.pgjobq;

import java.time.Duration;

/**
 * How long a failed job waits before it is tried again: {@code delay × multiplier^(attempt − 1)}, at most
 * {@code maxDelay}, spread at random by {@code ± jitter}.
 *
 * @param delay the wait after the first failure, from 0 to {@code maxDelay}
 * @param multiplier what each further failure multiplies it with, at least 1
 * @param maxDelay the longest wait, at most 365 days
 * @param jitter the share by which a wait may differ, from 0 (never) to 1
 */
public record RetryPolicy(Duration delay, double multiplier, Duration maxDelay, double jitter) {

    private static final Duration LONGEST = Duration.ofDays(365);

    /** 1 second, doubled with each attempt, at most 10 minutes, ± 20 %. */
    public static final RetryPolicy DEFAULT = new RetryPolicy(Duration.ofSeconds(1), 2, Duration.ofMinutes(10), 0.2);

    public RetryPolicy {
        check(!delay.isNegative(), "delay", delay, "must not be negative");
        check(maxDelay.compareTo(LONGEST) <= 0, "max-delay", maxDelay, "must not exceed 365 days");
        check(delay.compareTo(maxDelay) <= 0, "delay", delay, "must not exceed the max-delay of " + maxDelay);
        check(multiplier >= 1 && multiplier <= 1000, "multiplier", multiplier, "must be from 1 to 1000");
        check(jitter >= 0 && jitter <= 1, "jitter", jitter, "must be from 0 to 1");
    }

    /**
     * Returns the wait before the next attempt.
     *
     * @param attempt the number of the attempt that failed, from 1
     * @param random a number from 0 (inclusive) to 1 (exclusive) that decides where in the jitter's range it falls
     */
    public Duration delayAfter(int attempt, double random) {
        double millis = delay.toMillis() * Math.pow(multiplier, Math.max(0, attempt - 1));
        double capped = Math.min(millis, maxDelay.toMillis());
        double spread = capped * (1 + jitter * (2 * random - 1));
        return Duration.ofMillis(Math.round(Math.min(spread, maxDelay.toMillis())));
    }

    private static void check(boolean valid, String name, Object value, String rule) {
        if (!valid) {
            throw new IllegalArgumentException("retry " + name + " " + rule + ", but is " + value);
        }
    }
}
