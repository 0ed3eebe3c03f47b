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

    /**
     * Returns that the attempt does not count, and is made again after a while.
     *
     * @param delay from 0 to 365 days
     * @throws IllegalArgumentException if it is not in that range
     * @see SnoozeException
     */
    static RetryDecision snooze(Duration delay) {
        return new Snooze(delay);
    }

    /** Returns that the job is dead, whatever attempts it has left. */
    static RetryDecision dead() {
        return new Dead();
    }

    /** Returns that the job is cancelled: nobody needs it any more, and nobody is to look at it. */
    static RetryDecision cancel() {
        return new Cancel();
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
            Delays.checked("a retry", delay);
        }
    }

    /**
     * The attempt does not count, and is made again after a while.
     *
     * @param delay from 0 to 365 days
     */
    record Snooze(Duration delay) implements RetryDecision {

        /**
         * Makes the decision.
         *
         * @throws IllegalArgumentException if the delay is not in that range
         */
        public Snooze {
            Delays.checked("a snooze", delay);
        }
    }

    /** The job is dead. */
    record Dead() implements RetryDecision {}

    /** The job is cancelled. */
    record Cancel() implements RetryDecision {}
}
