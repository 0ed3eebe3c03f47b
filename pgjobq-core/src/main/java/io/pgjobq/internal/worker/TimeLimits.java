package io.pgjobq.internal.worker;

import io.pgjobq.Handler;
import io.pgjobq.internal.support.Log;
import io.pgjobq.internal.support.Timer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import org.slf4j.Logger;

/** Interrupts attempts that run too long, or beyond their job's deadline, and fails those that go on nevertheless. Thread-safe. */
final class TimeLimits {

    /** How long an interrupted handler has to end. */
    static final Duration GRACE = Duration.ofSeconds(5);

    private static final Logger LOG = Log.of(TimeLimits.class);

    private final Duration ofContainer;
    private final Timer timer;
    private final AttemptEnds ends;
    private final Executor threads;

    /**
     * @param ofContainer how long an attempt may run whose handler does not say, 0 for any time
     * @param threads where attempts are failed that go on: a retry policy of the application has a say in that, and may block
     */
    TimeLimits(Duration ofContainer, Timer timer, AttemptEnds ends, Executor threads) {
        this.ofContainer = ofContainer;
        this.timer = timer;
        this.ends = ends;
        this.threads = threads;
    }

    /** The handler is about to be called. */
    void watch(JobRun run, Handler handler) {
        Duration limit = limit(handler);
        Duration left = run.timeLeft();
        if (left != null && (limit.isZero() || left.compareTo(limit) < 0)) {
            watch(run, left, new Interruption.ByDeadline());
        } else if (!limit.isZero()) {
            watch(run, limit, new Interruption.ByTimeLimit(limit));
        }
    }

    /**
     * The handler is about to be called with a batch, to which its time limit applies. A deadline concerns its own job only, and
     * interrupts nothing as long as the others have time. Returns what is to be cancelled when the call is over.
     */
    Timer.Alarm watch(List<JobRun> runs, Handler handler) {
        if (runs.size() == 1) {
            watch(runs.get(0), handler);
            return () -> {};
        }
        for (JobRun run : runs) {
            Duration left = run.timeLeft();
            if (left != null) {
                run.watchedBy(timer.after(left, () -> late(run)));
            }
        }
        Duration limit = limit(handler);
        return limit.isZero() ? () -> {} : timer.after(limit, () -> interrupt(runs, limit));
    }

    /** The job is dead whatever its batch comes to, which goes on: who waits for the job need not wait for that. */
    private void late(JobRun run) {
        if (run.interrupt(new Interruption.ByDeadline())) {
            run.watchedBy(timer.after(
                    GRACE,
                    () -> threads.execute(() -> {
                        ends.overran(run);
                        run.quiet();
                    })));
        }
    }

    private void interrupt(List<JobRun> runs, Duration limit) {
        runs.stream().skip(1).forEach(JobRun::quiet);
        runs.forEach(run -> run.interrupt(new Interruption.ByTimeLimit(limit)));
        timer.after(GRACE, () -> threads.execute(() -> runs.forEach(this::giveUp)));
    }

    private Duration limit(Handler handler) {
        return handler.timeLimit() == null ? ofContainer : handler.timeLimit();
    }

    private void watch(JobRun run, Duration time, Interruption why) {
        run.watchedBy(timer.after(time, () -> interrupt(run, why)));
    }

    private void interrupt(JobRun run, Interruption why) {
        if (run.interrupt(why)) {
            run.watchedBy(timer.after(GRACE, () -> threads.execute(() -> giveUp(run))));
        }
    }

    /** Its place stays taken, but the job must not wait for a thread that may never come back. */
    private void giveUp(JobRun run) {
        if (!run.isSettled()) {
            ends.overran(run);
            if (run.isRunning() && !run.isQuiet()) {
                LOG.warn(
                        "{}: attempt {} ignores the interruption by its time limit or deadline; its thread and its place stay taken",
                        run,
                        run.attempt());
            }
        }
    }
}
