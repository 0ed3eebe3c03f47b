package io.pgjobq;

/** What became of a request to move a job, or to give it another type. */
public enum MoveResult {

    /** It is done. */
    MOVED,

    /** A node holds the job: it stays as it is. */
    RUNNING,

    /** Another job has its key in that queue (see {@link Unique}): it stays as it is. */
    KEY_TAKEN,

    /** There is no such job, or it has ended. */
    UNKNOWN
}
