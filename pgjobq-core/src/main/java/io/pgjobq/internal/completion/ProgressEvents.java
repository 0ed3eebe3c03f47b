package io.pgjobq.internal.completion;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.pgjobq.JobProgress;
import io.pgjobq.internal.support.Log;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Tells one listener how far a job is: one event after the other, the latest only, and none once the job's end is told. A listener
 * that blocks misses events, and holds up nobody but himself. Thread-safe.
 */
final class ProgressEvents {

    private static final Logger LOG = Log.of(ProgressEvents.class);

    private final long job;
    private final Consumer<? super JobProgress> listener;
    private final Executor threads;
    private final ReentrantLock lock = new ReentrantLock();

    /** What is to be told, {@code null} if nothing is. */
    @GuardedBy("lock")
    private @Nullable JobProgress next;

    /** The latest that came. */
    @GuardedBy("lock")
    private @Nullable JobProgress latest;

    /** A thread is telling, or is about to. */
    @GuardedBy("lock")
    private boolean telling;

    /** Only used by whoever is telling. */
    private boolean hasFailed;

    @GuardedBy("lock")
    private boolean over;

    /** What is to be done when the listener has returned. */
    @GuardedBy("lock")
    private @Nullable Runnable end;

    ProgressEvents(long job, Consumer<? super JobProgress> listener, Executor threads) {
        this.job = job;
        this.listener = listener;
        this.threads = threads;
    }

    /** The job is so far. What is no later than what came before is nothing new. */
    void progressed(JobProgress progress) {
        lock.lock();
        try {
            if (over || (latest != null && !progress.at().isAfter(latest.at()))) {
                return;
            }
            if (!telling) {
                // There may be no thread: then it is as if nothing had come. One that begins waits for the lock.
                threads.execute(this::tell);
                telling = true;
            }
            latest = progress;
            next = progress;
        } finally {
            lock.unlock();
        }
    }

    private void tell() {
        for (Runnable what = next(); what != null; what = next()) {
            what.run();
        }
    }

    private void tell(JobProgress progress) {
        try {
            listener.accept(progress);
        } catch (Throwable ex) {
            failed(ex);
        }
    }

    /** Once is enough: it may fail each second. */
    private void failed(Throwable failure) {
        if (!hasFailed) {
            hasFailed = true;
            LOG.warn(
                    "job {}: a listener of its progress has failed; it hears of what comes, and this is not told again",
                    job,
                    failure);
        }
    }

    /** Returns what to do next, {@code null} if there is nothing: then nobody is telling any more, as whoever comes sees. */
    private @Nullable Runnable next() {
        lock.lock();
        try {
            JobProgress taken = over ? null : next;
            next = null;
            if (taken != null) {
                return () -> tell(taken);
            }
            telling = false;
            Runnable waiting = end;
            end = null;
            return waiting;
        } finally {
            lock.unlock();
        }
    }

    /** The job has ended: does that after the event that is being told, if one is. */
    void end(Runnable completion) {
        lock.lock();
        try {
            over = true;
            if (telling) {
                end = completion;
                return;
            }
        } finally {
            lock.unlock();
        }
        completion.run();
    }

    /** Nobody waits any more. */
    void close() {
        end(() -> {});
    }
}
