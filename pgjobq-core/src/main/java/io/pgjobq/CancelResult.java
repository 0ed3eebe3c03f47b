package io.pgjobq;

/** What became of a request to cancel a job. */
public enum CancelResult {

    /** The job waited or was ready, and is cancelled. */
    CANCELLED,

    /**
     * The job has started, or is about to, on a node that has been told to cancel it. It ends as cancelled unless its work is
     * done before that, which {@link JobCompletions} shows.
     */
    REQUESTED,

    /** There is no such job, or it has ended. */
    UNKNOWN
}
