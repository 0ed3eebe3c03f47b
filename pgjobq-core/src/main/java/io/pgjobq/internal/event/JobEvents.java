package io.pgjobq.internal.event;

import io.pgjobq.JobContext;
import java.time.Duration;

/** Is told what happens to jobs on this node. Returns at once, and throws nothing. Thread-safe. */
public interface JobEvents {

    /** For a node to which nobody listens. */
    JobEvents NONE = new JobEvents() {

        @Override
        public void started(JobContext job) {}

        @Override
        public void succeeded(JobContext job, long micros) {}

        @Override
        public void retried(JobContext job, long micros, Throwable failure, Duration next) {}

        @Override
        public void snoozed(JobContext job, long micros, Duration next) {}

        @Override
        public void cancelled(JobContext job, long micros) {}

        @Override
        public void died(JobContext job, long micros, Throwable failure) {}

        @Override
        public void givenBack(JobContext job) {}
    };

    /** The handler is being called. */
    void started(JobContext job);

    /** The handler's work is done; it took so long. */
    void succeeded(JobContext job, long micros);

    /** The attempt has failed after so long, and the next one starts in that time. */
    void retried(JobContext job, long micros, Throwable failure, Duration next);

    /** The attempt does not count, and is made again in so long. */
    void snoozed(JobContext job, long micros, Duration next);

    /** The job was cancelled while it ran. */
    void cancelled(JobContext job, long micros);

    /** The job is dead. */
    void died(JobContext job, long micros, Throwable failure);

    /** The attempt does not count. */
    void givenBack(JobContext job);

    /** So many jobs that were taken are ready again without having started. */
    default void returned(String queue, int jobs) {}

    /** So many jobs were sent, and are committed. */
    default void sent(String queue, int jobs) {}

    /** Asking for jobs of a queue brought so many, and took so long. */
    default void claimed(String queue, int jobs, long nanos) {}

    /** So many ends of attempts were recorded in one go, which took so long. */
    default void settled(int jobs, long nanos) {}

    /** A notification of this node's own has come back to it after so long. */
    default void notified(long nanos) {}

    /** A poll has found jobs of the queue of which nothing had told. */
    default void foundByPolling(String queue) {}

    /** So many jobs of a dead node are ready again, and so many are dead; the queue is empty if its name is not known here. */
    default void rescued(String queue, long jobs, long dead) {}

    /** Another node was declared dead. */
    default void nodeLost(int number, String name) {}

    /** The queue was paused or resumed everywhere. */
    default void paused(String queue, boolean paused) {}
}
