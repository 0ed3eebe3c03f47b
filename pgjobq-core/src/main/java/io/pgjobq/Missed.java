package io.pgjobq;

/** What becomes of the times of a schedule at which nobody could send its job, by more than ten seconds. */
public enum Missed {

    /** Nothing is sent for them. */
    SKIP,

    /** One job is sent for the latest of them. */
    ONCE,

    /** A job is sent for each of the latest of them, as many as the schedule says. */
    ALL
}
