package io.pgjobq.reliability.worker;

import java.time.Duration;

/**
 * The payload of all jobs here.
 *
 * @param workMillis how long its handler is busy
 * @param deed what else its handler does
 */
public record Task(long workMillis, Deed deed) {

    /** What a handler does beside its work. */
    public enum Deed {
        NOTHING,
        /** Ends the process as a crash of the JVM would. */
        HALT,
        /** Ends the process in an orderly way, from within the handler. */
        EXIT
    }

    /** A job that takes that long. */
    public static Task of(Duration work) {
        return new Task(work.toMillis(), Deed.NOTHING);
    }
}
