package io.pgjobq.internal.worker;

import io.pgjobq.Handler;
import io.pgjobq.internal.support.Log;
import io.pgjobq.internal.support.Timer;
import java.time.Duration;
import org.slf4j.Logger;

/** Interrupts attempts that run too long, and fails those that go on nevertheless. Thread-safe. */
final class TimeLimits {

    /** How long an interrupted handler has to end. */
    static final Duration GRACE = Duration.ofSeconds(5);

    private static final Logger LOG = Log.of(TimeLimits.class);

    private final Duration ofContainer;
    private final Timer timer;
    private final AttemptEnds ends;

    /** @param ofContainer how long an attempt may run whose handler does not say, 0 for any time */
    TimeLimits(Duration ofContainer, Timer timer, AttemptEnds ends) {
        this.ofContainer = ofContainer;
        this.timer = timer;
        this.ends = ends;
    }

    /** The handler is about to be called. */
    void watch(JobRun run, Handler handler) {
        Duration limit = handler.timeLimit() == null ? ofContainer : handler.timeLimit();
        if (!limit.isZero()) {
            run.watchedBy(timer.after(limit, () -> interrupt(run, limit)));
        }
    }

    private void interrupt(JobRun run, Duration limit) {
        if (run.interrupt(new Interruption.ByTimeLimit(limit))) {
            run.watchedBy(timer.after(GRACE, () -> giveUp(run)));
        }
    }

    /** Its place stays taken, but the job must not wait for a thread that may never come back. */
    private void giveUp(JobRun run) {
        if (!run.isSettled()) {
            ends.overran(run);
            if (run.isRunning()) {
                LOG.warn(
                        "{}: attempt {} ignores the interruption by its time limit; its thread and its place stay taken",
                        run,
                        run.attempt());
            }
        }
    }
}
