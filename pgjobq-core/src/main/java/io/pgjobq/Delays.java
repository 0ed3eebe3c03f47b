package io.pgjobq;

import java.time.Duration;

/** How long a job may be put off. */
final class Delays {

    private static final Duration LONGEST = Duration.ofDays(365);

    private Delays() {}

    static Duration checked(String what, Duration delay) {
        if (delay.isNegative() || delay.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("the delay of " + what + " must be from 0 to 365 days, but is " + delay);
        }
        return delay;
    }
}
