package io.pgjobq.internal.worker;

import io.pgjobq.internal.event.JobEvents;
import io.pgjobq.internal.settle.Settler;
import io.pgjobq.internal.store.Settlement.Released;
import io.pgjobq.internal.support.Log;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Empties a container: gives back what has not started, waits for what runs, interrupts it, gives back the rest. Thread-safe. */
final class Drain {

    /** How long interrupted handlers have to end. */
    private static final Duration AFTER_INTERRUPT = Duration.ofMillis(500);

    private static final Logger LOG = Log.of(Drain.class);

    private final String queue;
    private final Workload workload;
    private final JobRunner runner;
    private final Settler settler;
    private final JobEvents events;
    private final Duration shutdownTimeout;

    Drain(
            String queue,
            Workload workload,
            JobRunner runner,
            Settler settler,
            JobEvents events,
            Duration shutdownTimeout) {
        this.queue = queue;
        this.workload = workload;
        this.runner = runner;
        this.settler = settler;
        this.events = events;
        this.shutdownTimeout = shutdownTimeout;
    }

    void giveBackHeld() {
        workload.giveBackHeld(held -> {
            settler.settleAll(held.stream().map(run -> new Released(run.job())).toList());
            events.returned(queue, held.size());
        });
    }

    /** Returns when nothing runs any more that could still be recorded. */
    void endRunning() throws InterruptedException {
        failExiting();
        if (workload.awaitIdle(shutdownTimeout)) {
            return;
        }
        List<JobRun> late = workload.running();
        LOG.warn(
                "queue '{}': {} jobs still run {} ms after its stop, and are interrupted",
                queue,
                late.size(),
                shutdownTimeout.toMillis());
        late.forEach(run -> run.interrupt(new Interruption.ByStop()));
        if (workload.awaitIdle(AFTER_INTERRUPT)) {
            return;
        }
        for (JobRun run : workload.running()) {
            if (run.settle(new Released(run.job()))) {
                if (run.leads()) {
                    LOG.warn("{}: given back, although its handler still runs: it ignores interruption", run);
                }
                events.givenBack(run);
            }
        }
    }

    /** Given back as others are, a job that stops each node that runs it would do so for ever. */
    private void failExiting() {
        for (JobRun run : workload.running()) {
            if (run.leads() && callsExit(run.handlerThread())) {
                run.together().stream().skip(1).forEach(JobRun::quiet);
                run.together().forEach(runner::exited);
                run.together().forEach(workload::abandon);
            }
        }
    }

    /** Returns whether a handler has called {@code System.exit}: it never returns, and what stops now waits for it. */
    static boolean callsExit(@Nullable Thread thread) {
        return thread != null
                && Arrays.stream(thread.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().equals("java.lang.Runtime")
                                && frame.getMethodName().equals("exit"));
    }
}
