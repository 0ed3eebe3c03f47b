package io.pgjobq;

import java.time.Duration;

/**
 * Is told of each attempt on this node: that it has started, and how it ended; of each job of a batch. A bean of this type is used
 * by the starter.
 *
 * <p>It is never in the way: one thread of its own tells all listeners, in the order of the events of each job, mostly within
 * milliseconds, and perhaps before the end is recorded. What a listener throws is logged. If listeners fall behind by 10,000
 * events, the rest are dropped until they have caught up, and a warning says so. Nothing is told after the node has stopped.
 */
public interface JobListener {

    /** The handler is being called. */
    default void started(JobContext job) {}

    /**
     * The handler's work is done.
     *
     * @param ran how long that took
     */
    default void succeeded(JobContext job, Duration ran) {}

    /**
     * The attempt has failed, and there will be another one.
     *
     * @param failure what the handler threw
     * @param next how long the job waits until then
     */
    default void retried(JobContext job, Throwable failure, Duration next) {}

    /**
     * The attempt does not count, since the handler asked to be called again later.
     *
     * @param next how long the job waits until then
     */
    default void snoozed(JobContext job, Duration next) {}

    /** The job was cancelled while it ran, and its handler has ended. */
    default void cancelled(JobContext job) {}

    /**
     * The job is dead: its last attempt has failed, or its handler refused it.
     *
     * @param failure what the handler threw
     */
    default void died(JobContext job, Throwable failure) {}

    /** The attempt does not count: its node stops, or the job was taken away from it. It starts again. */
    default void givenBack(JobContext job) {}
}
