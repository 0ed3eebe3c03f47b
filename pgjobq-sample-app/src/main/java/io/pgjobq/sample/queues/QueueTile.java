package io.pgjobq.sample.queues;

import io.pgjobq.QueueDescription;
import io.pgjobq.WorkerContainer;
import org.jspecify.annotations.Nullable;

/**
 * A queue as the page shows it.
 *
 * @param container what works on it in this copy of the sample, {@code null} if nothing does
 */
record QueueTile(
        String name,
        long ready,
        long running,
        long waiting,
        long dead,
        @Nullable ContainerState container) {

    static QueueTile of(QueueDescription queue, @Nullable WorkerContainer container) {
        return new QueueTile(
                queue.name(),
                queue.ready(),
                queue.running(),
                queue.waiting(),
                queue.dead(),
                container == null ? null : ContainerState.of(container));
    }

    /** A container as the page shows it. */
    record ContainerState(boolean paused, int active, int concurrency) {

        static ContainerState of(WorkerContainer container) {
            return new ContainerState(container.isPaused(), container.activeJobs(), container.concurrency());
        }
    }
}
