package io.pgjobq;

import java.time.Duration;

/** What becomes of a job whose attempt has failed, as a {@link RetryPolicy} says. Immutable. */
public sealed interface RetryDecision {

    /** Returns that the job is tried again after the queue's back-off. */
    static RetryDecision retry() {
        return new Retry();
    }

    /**
     * Returns that the job is tried again after a while.
     *
     * @param delay from 0 to 365 days
     * @throws IllegalArgumentException if it is not in that range
     */
    static RetryDecision retryAfter(Duration delay) {
        return new RetryAfter(delay);
    }

    /** Returns that the job is dead, whatever attempts it has left. */
    static RetryDecision dead() {
        return new Dead();
    }

    /** The job is tried again after the queue's back-off. */
    record Retry() implements RetryDecision {}

    /**
     * The job is tried again after a while.
     *
     * @param delay from 0 to 365 days
     */
    record RetryAfter(Duration delay) implements RetryDecision {

        /**
         * Makes the decision.
         *
         * @throws IllegalArgumentException if the delay is not in that range
         */
        public RetryAfter {
            if (delay.isNegative() || delay.compareTo(Duration.ofDays(365)) > 0) {
                throw new IllegalArgumentException("the delay of a retry must be from 0 to 365 days, but is " + delay);
            }
        }
    }

    /** The job is dead. */
    record Dead() implements RetryDecision {}
}
