package io.pgjobq.internal.worker;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Attempts that their handler makes together, in one call on one thread. What concerns one of them only does not interrupt that
 * thread. Thread-safe.
 */
final class JobBatch {

    private final List<JobRun> runs;

    /** Held while the thread is interrupted, so that it can't go on with another job meanwhile. */
    private final ReentrantLock interrupting = new ReentrantLock();

    @GuardedBy("interrupting")
    private boolean interrupted;

    /** The thread that runs the handler; {@code null} before and after. Written while {@code interrupting} is held. */
    private volatile @Nullable Thread thread;

    /** @param runs at least one, in the order in which they were taken */
    JobBatch(List<JobRun> runs) {
        this.runs = List.copyOf(runs);
        this.runs.forEach(run -> run.join(this));
    }

    List<JobRun> runs() {
        return runs;
    }

    /** Returns the one that stands for all of them. */
    JobRun first() {
        return runs.get(0);
    }

    /** The calling thread runs the handler from now on. */
    void begin() {
        interrupting.lock();
        try {
            thread = Thread.currentThread();
        } finally {
            interrupting.unlock();
        }
        runs.forEach(JobRun::begin);
    }

    /** The calling thread runs the handler no more, and is not interrupted on its behalf from now on. */
    void end() {
        interrupting.lock();
        try {
            thread = null;
        } finally {
            interrupting.unlock();
        }
    }

    /**
     * One of the attempts is to end: interrupts the thread, once, if the others are to end, too. A stop and a time limit concern all of
     * them: each knows that before the thread does, which looks at them as soon as it is interrupted.
     */
    void interrupt(Interruption why) {
        if (why instanceof Interruption.ByStop || why instanceof Interruption.ByTimeLimit) {
            runs.forEach(run -> run.mark(why));
        }
        if (!runs.stream().allMatch(run -> run.isSettled() || run.interruption() != null)) {
            return;
        }
        interrupting.lock();
        try {
            Thread running = thread;
            if (running != null && !interrupted) {
                interrupted = true;
                running.interrupt();
            }
        } finally {
            interrupting.unlock();
        }
    }

    /** Returns the thread that runs the handler, {@code null} if none does. */
    @Nullable
    Thread thread() {
        return thread;
    }

    @Override
    public String toString() {
        return runs.size() == 1 ? first().toString() : first() + " and " + (runs.size() - 1) + " others of its batch";
    }
}
