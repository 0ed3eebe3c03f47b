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
        public void retried(JobContext job, Throwable failure, Duration next) {}

        @Override
        public void snoozed(JobContext job, Duration next) {}

        @Override
        public void cancelled(JobContext job) {}

        @Override
        public void died(JobContext job, Throwable failure) {}

        @Override
        public void givenBack(JobContext job) {}
    };

    /** The handler is being called. */
    void started(JobContext job);

    /** The handler's work is done; it took so long. */
    void succeeded(JobContext job, long micros);

    /** The attempt has failed, and the next one starts in so long. */
    void retried(JobContext job, Throwable failure, Duration next);

    /** The attempt does not count, and is made again in so long. */
    void snoozed(JobContext job, Duration next);

    /** The job was cancelled while it ran. */
    void cancelled(JobContext job);

    /** The job is dead. */
    void died(JobContext job, Throwable failure);

    /** The attempt does not count. */
    void givenBack(JobContext job);
}
