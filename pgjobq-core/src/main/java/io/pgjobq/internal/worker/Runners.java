package io.pgjobq.internal.worker;

import org.jspecify.annotations.Nullable;

/** What the runners' threads do: one job after the other, as long as there is one. Thread-safe. */
final class Runners {

    private final Workload workload;
    private final JobRunner runner;
    private final WorkerServices services;

    Runners(Workload workload, JobRunner runner, WorkerServices services) {
        this.workload = workload;
        this.runner = runner;
        this.services = services;
    }

    /** Runs jobs until none is left, or one goes on without its thread. */
    void run() {
        goOn(null);
    }

    private void goOn(@Nullable JobRun last) {
        JobRun run = last;
        try {
            run = workload.next(last);
            while (run != null) {
                JobRun current = run;
                if (!runner.run(current, () -> over(current))) {
                    // Its place stays taken until the handler's work ends, where this goes on.
                    return;
                }
                disownUnsettled(current);
                run = workload.next(current);
            }
        } catch (RuntimeException | Error ex) {
            workload.died(run);
            if (run != null) {
                disownUnsettled(run);
            }
            throw ex;
        }
    }

    private void over(JobRun run) {
        disownUnsettled(run);
        goOn(run);
    }

    /** There was not even the memory to say how the attempt ended: the tables know that the job has not. */
    private void disownUnsettled(JobRun last) {
        JobBatch batch = last.batch();
        if (batch == null) {
            disownIfUnsettled(last);
        } else {
            batch.runs().forEach(this::disownIfUnsettled);
        }
    }

    private void disownIfUnsettled(JobRun run) {
        if (!run.isSettled()) {
            services.disown(run.job());
        }
    }
}
