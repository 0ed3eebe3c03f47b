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
        EXIT,
        /** Fails at the first attempt. */
        FAIL_ONCE,
        /** Sends a job that is due after the time that is given, instead of working that long. */
        SEND_LATER,
        /** Works until the test opens the gate, a file, which no broken database keeps from it. */
        AWAIT_GATE,
        /** Takes memory until there is none left, and fails of that. */
        EXHAUST,
        /** Does its work after its job was completed in its transaction, and before that commits. */
        LINGER,
        /** Waits until it is interrupted, and notes when. */
        UNTIL_CANCELLED
    }

    /** A job that takes that long. */
    public static Task of(Duration work) {
        return of(work, Deed.NOTHING);
    }

    /** A job that takes that long and does that. */
    public static Task of(Duration work, Deed deed) {
        return new Task(work.toMillis(), deed);
    }
}
