package io.pgjobq;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long a failed job waits before it is tried again: {@code delay × multiplier^(attempt − 1)}, at most
 * {@code maxDelay}, spread at random by {@code ± jitter}. Immutable.
 */
public final class BackOff {

    private static final Duration LONGEST = Duration.ofDays(365);

    /** 1 second, doubled with each attempt, at most 10 minutes, ± 20 %. */
    public static final BackOff DEFAULT = builder().build();

    private final Values values;

    private record Values(Duration delay, double multiplier, Duration maxDelay, double jitter) {}

    private BackOff(Values values) {
        this.values = values;
    }

    /** Starts with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a back-off with the same wait after each failure, not spread at random. */
    public static BackOff fixed(Duration delay) {
        return builder().delay(delay).multiplier(1).maxDelay(delay).jitter(0).build();
    }

    /** Starts with this back-off. */
    public Builder toBuilder() {
        return builder()
                .delay(delay())
                .multiplier(multiplier())
                .maxDelay(maxDelay())
                .jitter(jitter());
    }

    /** Returns the wait after the first failure. */
    public Duration delay() {
        return values.delay;
    }

    /** Returns what each further failure multiplies the wait with. */
    public double multiplier() {
        return values.multiplier;
    }

    /** Returns the longest wait. */
    public Duration maxDelay() {
        return values.maxDelay;
    }

    /** Returns the share by which a wait may differ at random. */
    public double jitter() {
        return values.jitter;
    }

    /**
     * Returns the wait before the next attempt.
     *
     * @param attempt the number of the attempt that failed, from 1
     * @param random a number from 0 (inclusive) to 1 (exclusive) that decides where in the jitter's range it falls
     */
    public Duration delayAfter(int attempt, double random) {
        double millis = delay().toMillis() * Math.pow(multiplier(), Math.max(0, attempt - 1));
        double longest = maxDelay().toMillis();
        double spread = Math.min(millis, longest) * (1 + jitter() * (2 * random - 1));
        return Duration.ofMillis(Math.round(Math.min(spread, longest)));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof BackOff backOff && backOff.values.equals(values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "BackOff" + values.toString().substring("Values".length());
    }

    /** Builds a back-off. Used by one thread. */
    public static final class Builder {

        private Duration delay = Duration.ofSeconds(1);
        private double multiplier = 2;
        private Duration maxDelay = Duration.ofMinutes(10);
        private double jitter = 0.2;

        private Builder() {}

        /**
         * Sets the wait after the first failure. Default: 1 second.
         *
         * @param newDelay from 0 to the longest wait, which {@link #build()} checks
         * @throws InvalidOptionException if it is negative
         */
        public Builder delay(Duration newDelay) {
            check(!newDelay.isNegative(), "delay", newDelay, "must not be negative");
            this.delay = newDelay;
            return this;
        }

        /**
         * Sets what each further failure multiplies the wait with. Default: 2.
         *
         * @param newMultiplier from 1 to 1000
         * @throws InvalidOptionException if it is not in that range
         */
        public Builder multiplier(double newMultiplier) {
            check(newMultiplier >= 1 && newMultiplier <= 1000, "multiplier", newMultiplier, "must be from 1 to 1000");
            this.multiplier = newMultiplier;
            return this;
        }

        /**
         * Sets the longest wait. Default: 10 minutes.
         *
         * @param newMaxDelay at most 365 days
         * @throws InvalidOptionException if it is longer
         */
        public Builder maxDelay(Duration newMaxDelay) {
            check(newMaxDelay.compareTo(LONGEST) <= 0, "max-delay", newMaxDelay, "must not exceed 365 days");
            this.maxDelay = newMaxDelay;
            return this;
        }

        /**
         * Sets the share by which a wait may differ at random. Default: 0.2.
         *
         * @param newJitter from 0 (never) to 1
         * @throws InvalidOptionException if it is not in that range
         */
        public Builder jitter(double newJitter) {
            check(newJitter >= 0 && newJitter <= 1, "jitter", newJitter, "must be from 0 to 1");
            this.jitter = newJitter;
            return this;
        }

        /**
         * Builds the back-off.
         *
         * @throws InvalidOptionException if the wait after the first failure exceeds the longest
         */
        public BackOff build() {
            check(delay.compareTo(maxDelay) <= 0, "delay", delay, "must not exceed the max-delay of " + maxDelay);
            return new BackOff(new Values(delay, multiplier, maxDelay, jitter));
        }

        private static void check(boolean valid, String name, Object value, String rule) {
            InvalidOptionException.check(valid, "retry." + name, value, rule);
        }
    }
}
