package io.pgjobq.internal.completion;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.pgjobq.internal.support.Log;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Runs what completes futures, and with it what callers chained to them, which may block. As long as something is to be run,
 * one thread is free to take it: before a thread begins, it sees to it that another one takes the next. So there are as many
 * threads as callbacks that block, and one more; a burst of quick ones makes few. Idle threads end. Thread-safe.
 */
final class CallbackThreads implements Executor, AutoCloseable {

    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final Logger LOG = Log.of(CallbackThreads.class);

    private final ThreadFactory threads;
    private final @Nullable ClassLoader loader = Thread.currentThread().getContextClassLoader();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    @GuardedBy("lock")
    private final Deque<Runnable> tasks = new ArrayDeque<>();

    /** How many threads there are. */
    @GuardedBy("lock")
    private int living;

    /** How many of them wait for a task, or are about to look for one. */
    @GuardedBy("lock")
    private int free;

    @GuardedBy("lock")
    private boolean closed;

    CallbackThreads(ThreadFactory threads) {
        this.threads = threads;
    }

    /**
     * Runs the task on a thread of its own, or on one that is free. Where no thread can be had, it waits for one of those
     * that there are.
     *
     * @throws Error if there is none at all; the task is not run then
     */
    @Override
    public void execute(Runnable task) {
        lock.lock();
        try {
            tasks.addLast(task);
            try {
                callFree();
            } catch (RuntimeException | Error ex) {
                if (living == 0) {
                    tasks.removeLast();
                    throw ex;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Lets threads end as soon as nothing is left to be run. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Has a free thread look, and makes one if there is none. */
    @GuardedBy("lock")
    private void callFree() {
        if (free > 0) {
            changed.signal();
            return;
        }
        threads.newThread(this::work).start();
        living++;
        free++;
    }

    private void work() {
        for (Runnable task = next(); task != null; task = nextAfterOne()) {
            run(task);
        }
    }

    private @Nullable Runnable nextAfterOne() {
        lock.lock();
        try {
            free++;
            return next();
        } finally {
            lock.unlock();
        }
    }

    private void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable ex) {
            report(ex);
        }
        // The next callback must not see what this one did to its thread.
        Thread.currentThread().setContextClassLoader(loader);
    }

    /** There may not even be the memory to log it. */
    private static void report(Throwable failure) {
        try {
            LOG.error("waiting for jobs: a future could not be completed", failure);
        } catch (RuntimeException | Error ex) {
            failure.addSuppressed(ex);
        }
    }

    /** Returns the next task, {@code null} if the calling thread, which counts as free, is to end. */
    private @Nullable Runnable next() {
        lock.lock();
        try {
            long left = IDLE_NANOS;
            while (tasks.isEmpty() && left > 0 && !closed) {
                try {
                    left = changed.awaitNanos(left);
                } catch (InterruptedException ex) {
                    // It was meant for a callback that has ended, like the one below.
                    left = IDLE_NANOS;
                }
            }
            free--;
            Runnable task = tasks.pollFirst();
            if (task == null) {
                living--;
            } else if (!tasks.isEmpty()) {
                callAnother();
            }
            var unused = Thread.interrupted();
            return task;
        } finally {
            lock.unlock();
        }
    }

    /** If no thread can be had, those that there are go on alone. */
    @GuardedBy("lock")
    private void callAnother() {
        try {
            callFree();
        } catch (RuntimeException | Error ex) {
            LOG.debug("no further thread for callbacks can be had", ex);
        }
    }
}
