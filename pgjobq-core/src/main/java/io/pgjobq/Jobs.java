package io.pgjobq;

import java.util.List;
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

    /**
     * Moves a job that no node holds to another queue, whatever transaction the caller has. In line, it joins the end of its
     * priority's line there; if it waits, it goes on waiting for its time. Its key, its deadline, its attempts and whoever waits for it
     * stay with it.
     *
     * @throws UnknownQueueException if there is no such queue
     */
    MoveResult move(long id, String queue);

    /**
     * Moves all jobs that are there now, that no node holds and that the filter means, as {@link #move(long, String)} does, a thousand at
     * a time.
     *
     * @throws UnknownQueueException if there is no such queue, the filter's or the other
     * @throws IllegalArgumentException if the filter says when jobs have ended
     */
    MovedJobs moveAll(JobFilter filter, String queue);

    /**
     * Gives a job that no node holds another logical type, such as one for which there is a handler, with {@code @2} at its end for
     * version 2. In line, it joins the end of the line; all else is as by {@link #move(long, String)}.
     *
     * @throws IllegalArgumentException if the type is not 1 to 200 characters, or holds a NUL character or half a surrogate pair
     */
    MoveResult changeType(long id, String type);

    /**
     * Gives all jobs that are there now, that no node holds and that the filter means another logical type, as
     * {@link #changeType(long, String)} does, a thousand at a time.
     *
     * @throws UnknownQueueException if there is no such queue
     * @throws IllegalArgumentException as by {@link #changeType(long, String)}, or if the filter says when jobs have ended
     */
    MovedJobs changeTypeAll(JobFilter filter, String type);

    /**
     * Returns the types of jobs in line that wait for another node, since no handler of this one takes them; all types if this node
     * has no handler for the queue. Of each priority the first {@value UnknownType#LOOKED_AT} jobs are looked at.
     *
     * @throws UnknownQueueException if there is no such queue
     */
    List<UnknownType> unknownTypes(String queue);
}
