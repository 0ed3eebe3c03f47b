package io.pgjobq.benchmarks.harness;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntToLongFunction;

/**
 * Does something at times that were fixed beforehand, by several threads that take every so-manieth time each. A thread that
 * is late does what it has missed at once, so that the intended times stay true.
 */
public final class OpenLoop {

    /** What one thread is meant to manage; a synchronous commit takes up to a few milliseconds. */
    private static final int RATE_OF_A_THREAD = 125;

    /** Leaves some of a pool of ten connections to whatever else a client does. */
    private static final int MOST_THREADS = 8;

    private final int rate;
    private final Duration patience;
    private final long[] committed;
    private final long begin = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(20);
    private final List<Future<?>> senders = new ArrayList<>();

    private OpenLoop(int rate, int jobs, Duration patience) {
        this.rate = rate;
        this.patience = patience;
        this.committed = new long[jobs];
    }

    /**
     * Starts so many a second.
     *
     * @param patience how long after the last intended time those that are late are still sent
     * @param send sends the job with the number and returns when that was committed, by {@link System#nanoTime()}
     */
    public static OpenLoop start(int rate, int jobs, Duration patience, IntToLongFunction send) {
        OpenLoop loop = new OpenLoop(rate, jobs, patience);
        int threads = Math.min(MOST_THREADS, Math.max(1, rate / RATE_OF_A_THREAD));
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        for (int i = 0; i < threads; i++) {
            int first = i;
            loop.senders.add(executor.submit(() -> loop.send(first, threads, send)));
        }
        executor.shutdown();
        return loop;
    }

    private void send(int first, int step, IntToLongFunction send) {
        long end = intended(committed.length) + patience.toNanos();
        for (int job = first; job < committed.length && System.nanoTime() - end < 0; job += step) {
            long left = intended(job) - System.nanoTime();
            while (left > 0) {
                LockSupport.parkNanos(left);
                left = intended(job) - System.nanoTime();
            }
            committed[job] = send.applyAsLong(job);
        }
    }

    /** Waits until all have been sent, or the patience is over. */
    public void await() {
        try {
            for (Future<?> each : senders) {
                each.get();
            }
        } catch (ExecutionException ex) {
            throw new IllegalStateException(ex.getCause());
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(ex);
        }
    }

    /** How many are sent in all. */
    public int jobs() {
        return committed.length;
    }

    /** When the job was meant to be sent. */
    public long intended(int job) {
        return begin + (long) (job * 1e9 / rate);
    }

    /** When the job's commit was known, 0 if it was not sent, once {@link #await()} has returned. */
    public long committed(int job) {
        return committed[job];
    }
}
