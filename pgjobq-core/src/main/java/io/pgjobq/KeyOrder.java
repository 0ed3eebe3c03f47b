package io.pgjobq;

/** In which order the jobs of a queue run that have the same key: in that in which they were sent, one at a time. */
public enum KeyOrder {

    /** A job that waits for its next attempt holds the others with its key back. */
    STRICT,

    /** While a job waits for its next attempt, the others with its key go on. */
    RELAXED
}
