package io.pgjobq.internal.support;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Whether something runs, and which of its starts it owes that to. Starts and stops come one after the other, in any order,
 * from any thread, any number of times: a second start or stop does nothing but wait for the first. What an earlier start
 * has left behind learns from its generation that it is over. Thread-safe.
 */
public final class Lifecycle {

    private final ReentrantLock transition = new ReentrantLock();

    private volatile State state = State.STOPPED;

    /** Goes up with each start, and as soon as somebody asks for a stop. */
    private final AtomicLong generation = new AtomicLong();

    private enum State {
        STOPPED,
        STARTING,
        RUNNING,
        STOPPING
    }

    /** What a start does. */
    @FunctionalInterface
    public interface Start {

        void run(long generation);
    }

    /** A part of what a stop does. */
    @FunctionalInterface
    public interface Stop {

        void run() throws InterruptedException;
    }

    /**
     * Starts, unless it runs; returns whether it did. If the start fails, nothing runs: what it had done is its own to undo.
     */
    public boolean start(Start start) {
        transition.lock();
        try {
            if (state != State.STOPPED) {
                return false;
            }
            state = State.STARTING;
            boolean done = false;
            try {
                start.run(generation.incrementAndGet());
                done = true;
            } finally {
                state = done ? State.RUNNING : State.STOPPED;
            }
            return true;
        } finally {
            transition.unlock();
        }
    }

    /**
     * Stops, if it runs; returns whether it did. A start that is under way is waited for, and learns that it is over. Each
     * part is run, whatever became of those before it, also by a thread that is or gets interrupted; it stays so.
     *
     * @throws RuntimeException the first failure of a part, when all have been run
     */
    public boolean stop(Stop... parts) {
        generation.incrementAndGet();
        transition.lock();
        try {
            if (state != State.RUNNING) {
                return false;
            }
            state = State.STOPPING;
            try {
                runAll(parts);
            } finally {
                state = State.STOPPED;
            }
            return true;
        } finally {
            transition.unlock();
        }
    }

    /** Runs what stops, and then the callback, on a thread of its own, so that several stop at the same time. */
    public static void stopApart(String thread, Runnable stop, Runnable callback) {
        new Thread(
                        () -> {
                            try {
                                stop.run();
                            } finally {
                                callback.run();
                            }
                        },
                        thread)
                .start();
    }

    /** Returns whether it has been started and not stopped, or is being started. */
    public boolean isRunning() {
        return state == State.RUNNING || state == State.STARTING;
    }

    /** Returns whether it still runs, or starts, since that start. */
    public boolean isCurrent(long startedAs) {
        return generation.get() == startedAs;
    }

    /** Runs each of the parts, as a stop does. */
    public static void runAll(Stop... parts) {
        boolean interrupted = Thread.interrupted();
        @Nullable Throwable failure = null;
        for (Stop part : parts) {
            try {
                part.run();
            } catch (InterruptedException ex) {
                interrupted = true;
            } catch (RuntimeException | Error ex) {
                failure = first(failure, ex);
            }
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (RuntimeException) failure;
        }
    }

    private static Throwable first(@Nullable Throwable before, Throwable failure) {
        if (before == null) {
            return failure;
        }
        before.addSuppressed(failure);
        return before;
    }
}
