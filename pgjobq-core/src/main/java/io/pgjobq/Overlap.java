package io.pgjobq;

/** What becomes of a schedule's next job as long as its last one has not ended. */
public enum Overlap {

    /** It is sent. */
    ALLOW,

    /** It is left out. */
    SKIP,

    /** It is sent within a second after the last one has ended; whatever else would have been sent meanwhile is left out. */
    WAIT
}
