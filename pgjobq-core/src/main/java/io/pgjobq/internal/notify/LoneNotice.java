package io.pgjobq.internal.notify;

import io.pgjobq.internal.store.Notice;

/** Leave to let a notification go with the commit of a job, until it is closed. Used by one thread. */
public interface LoneNotice extends AutoCloseable {

    /** Returns what is to be sent with the job. */
    Notice notice();

    /** The job has been committed, or has not: others may notify again. */
    @Override
    void close();
}
