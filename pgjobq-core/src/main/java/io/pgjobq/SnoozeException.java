package io.pgjobq;

import java.time.Duration;

/**
 * Thrown by a handler to be called again later with the same job: for a rate limit of somebody else's, or for what isn't ready
 * yet. That spends no attempt and leaves no error; it is counted apart. A transaction of the handler is rolled back, as by any
 * exception. May be thrown any number of times.
 */
@SuppressWarnings("serial")
public class SnoozeException extends PgJobqException {

    private final Duration delay;

    /**
     * Makes the exception.
     *
     * @param delay how long the job waits, from 0 to 365 days
     * @throws IllegalArgumentException if it is not in that range
     */
    public SnoozeException(Duration delay) {
        super("asks to be called again in " + delay);
        this.delay = Delays.checked("a snooze", delay);
    }

    /** Returns how long the job waits. */
    public Duration delay() {
        return delay;
    }
}
