package io.pgjobq.internal.worker;

import io.pgjobq.internal.store.ClaimedJob;

/** Makes the attempts of a container. Thread-safe. */
final class Attempts {

    private final String queue;
    private final int maxAttempts;
    private final WorkerServices services;
    private final Workload workload;
    private final Hold hold;

    Attempts(String queue, int maxAttempts, WorkerServices services, Workload workload) {
        this.queue = queue;
        this.maxAttempts = maxAttempts;
        this.services = services;
        this.workload = workload;
        this.hold = Hold.of(services.node(), services.book());
    }

    /** Returns an attempt of a job that this node holds from now on. */
    JobRun of(ClaimedJob job) {
        return new JobRun(
                job,
                queue,
                maxAttempts,
                hold,
                () -> !workload.isOpen(),
                services.settler()::settle,
                services.progress(),
                services.nanoTime());
    }
}
