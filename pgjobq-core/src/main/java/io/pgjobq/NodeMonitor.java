package io.pgjobq;

import java.time.Duration;

/**
 * Is told what this node does, by the thread that does it: for metrics, and for what must not miss anything. A bean of this type is
 * used by the starter.
 *
 * <p>Unlike a {@link JobListener} it is in the way of the jobs. So each method must return within a microsecond or so, and wait for
 * nothing. What it throws is dropped, and harms no job. Nothing is told before the node starts. Thread-safe.
 *
 * <p>Times of waiting compare the database's clock with this node's, after the difference between the two that heartbeats show.
 */
public interface NodeMonitor {

    /** So many jobs were sent by this node's sender, and are committed, unless it can't be known whether they are. */
    default void sent(String queue, int jobs) {}

    /**
     * The node asked for jobs of a queue.
     *
     * @param jobs how many it got, 0 if there was nothing for it
     * @param took how long that took
     */
    default void claimed(String queue, int jobs, Duration took) {}

    /**
     * The handler is being called.
     *
     * @param waited since when the attempt could have started; see {@link JobContext#readyAt()}
     */
    default void started(JobContext job, Duration waited) {}

    /**
     * The handler's work is done.
     *
     * @param ran how long that took
     * @param age how long ago the job was sent
     */
    default void succeeded(JobContext job, Duration ran, Duration age) {}

    /** The attempt has failed after that time, and there will be another one. */
    default void retried(JobContext job, Duration ran, Throwable failure) {}

    /** The attempt does not count, since the handler asked to be called again later. */
    default void snoozed(JobContext job, Duration ran) {}

    /** The job was cancelled while it ran. */
    default void cancelled(JobContext job, Duration ran) {}

    /** The job is dead: its last attempt has failed, its handler refused it, or its deadline was over before it started. */
    default void died(JobContext job, Duration ran, Throwable failure) {}

    /** So many jobs that this node had taken are ready again, and no attempt was charged. */
    default void givenBack(String queue, int jobs) {}

    /**
     * Jobs of a dead node were freed by this one.
     *
     * @param queue their queue; empty if this node does not run its jobs, and does not know its name
     * @param jobs how many are ready again
     * @param dead how many have died with it, as it was their last attempt
     */
    default void rescued(String queue, long jobs, long dead) {}

    /**
     * Ends of attempts were recorded in one go.
     *
     * @param jobs how many
     * @param took how long that took
     */
    default void settled(int jobs, Duration took) {}

    /** A notification of this node's own has come back to it, so long after it was sent. */
    default void notified(Duration lag) {}

    /** A look at the queue has found jobs of which no notification had told, as one was lost or is late. */
    default void foundByPolling(String queue) {}

    /** This node has found that another one has been silent for too long, and declared it dead. */
    default void nodeLost(int number, String name) {}

    /** The queue was paused everywhere by this node's {@link JobQueues}. */
    default void paused(String queue) {}

    /** The queue may go on everywhere by this node's {@link JobQueues}. */
    default void resumed(String queue) {}
}
