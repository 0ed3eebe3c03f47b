package io.pgjobq;

/** Where a job is. The views of the database call it by the same words, in small letters. */
public enum JobState {

    /** It was sent to wait until its time has come, or redriven at a rate. */
    SCHEDULED,

    /** It waits for its next attempt. */
    RETRYING,

    /** It is in line. */
    READY,

    /** A node has taken it: it runs, or is about to. */
    RUNNING,

    /** Its handler returned. */
    SUCCEEDED,

    /** Its attempts are spent, its handler refused it, or its deadline was over. */
    DEAD,

    /** It was cancelled. */
    CANCELLED;

    /** Returns whether a job in this state is over, unless it is dead and somebody redrives it. */
    public boolean isFinished() {
        return compareTo(SUCCEEDED) >= 0;
    }
}
