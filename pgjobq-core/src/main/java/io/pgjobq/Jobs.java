package io.pgjobq;

import java.util.Optional;

/** Looks at jobs that were sent, and changes them. Changes are committed at once. Thread-safe. */
public interface Jobs {

    /**
     * Returns what is known of a job, empty if nothing is: it was never committed, or its history is gone. A look by id, along
     * indexes, whatever the number of jobs.
     */
    Optional<JobDescription> find(long id);

    /**
     * Lists jobs, a page at a time: as many as the query says, or fewer. Looks at 10,000 jobs at most, however many there
     * are and however few are meant; a page may be empty for this and say where to go on. With a queue, and with states that are
     * either all unfinished or dead, few are looked at in vain.
     *
     * <p>A list of all states, or of several that are not all unfinished, has each job that is there throughout on one page, and once.
     * In a list of unfinished ones a job that gets another place between two pages, since it has failed or its time has come, may
     * be on both, or on none.
     *
     * @throws UnknownQueueException if there is no such queue
     * @throws IllegalArgumentException if the query goes on after what no page of such a query has returned
     */
    JobPage list(JobQuery query);

    /**
     * Cancels a job, whatever transaction the caller has. One that has not been taken is gone at once. Of one that runs the thread
     * is interrupted, on whatever node it runs, mostly within milliseconds and otherwise with that node's next heartbeat;
     * {@link JobContext#isCancelled()} is true then, a transaction of its handler is rolled back, and however the handler
     * ends, the job ends as cancelled.
     */
    default CancelResult cancel(long id) {
        return cancel(id, "");
    }

    /**
     * Like {@link #cancel(long)}, with a reason that is kept with the job and told to those who wait for it.
     *
     * @param reason such as by whom; the first 990 characters are kept
     */
    CancelResult cancel(long id, String reason);

    /**
     * Cancels all jobs that are there now and that the filter means, as {@link #cancel(long)} does, a thousand at a time. The queue's
     * jobs are walked over along an index; nothing waits for that longer than for a claim.
     *
     * @throws UnknownQueueException if there is no such queue
     * @throws IllegalArgumentException if the filter says when the jobs ended
     */
    CancelledJobs cancelAll(JobFilter filter, String reason);
}
