package io.pgjobq.internal.worker;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.pgjobq.internal.settle.QuarantineSlot;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The jobs that a container holds and runs, and what decides whether it takes more. One thread takes jobs, up to
 * {@code concurrency} runners work through them. Thread-safe.
 */
final class Workload {

    /** Held jobs that were not started in this time are to be given back: another node may be free. */
    static final long HOLD_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final int concurrency;
    private final BooleanSupplier mayTake;

    private final ReentrantLock lock = new ReentrantLock();

    /** Something that decides whether to take jobs has changed, or a job has ended. */
    private final Condition changed = lock.newCondition();

    @GuardedBy("lock")
    private final Lanes lanes;

    @GuardedBy("lock")
    private final PrefetchSizer pace = new PrefetchSizer();

    @GuardedBy("lock")
    private final Deque<JobRun> held = new ArrayDeque<>();

    @GuardedBy("lock")
    private final Set<JobRun> running = new HashSet<>();

    @GuardedBy("lock")
    private final RunnerThreads threads;

    @GuardedBy("lock")
    private int runners;

    /** Whether jobs are being taken at this moment. */
    @GuardedBy("lock")
    private boolean taking;

    @GuardedBy("lock")
    private final KeptSlot place;

    /** Written under the lock, read by all. */
    private volatile boolean open;

    private volatile boolean paused;

    /**
     * @param queue how log lines name it
     * @param concurrency how many jobs may run at once
     * @param quarantine what the node's queues share
     * @param mayTake whether jobs may be taken at this moment, as far as the container is not concerned
     * @param startRunner starts a thread that calls {@link #next} until there is nothing left
     */
    Workload(
            String queue,
            int concurrency,
            QuarantineSlot quarantine,
            BooleanSupplier mayTake,
            Runnable startRunner,
            LongSupplier nanoTime) {
        this.concurrency = concurrency;
        this.lanes = new Lanes(quarantine);
        this.mayTake = mayTake;
        this.threads = new RunnerThreads(queue, startRunner);
        this.place = new KeptSlot(nanoTime);
    }

    boolean isOpen() {
        return open;
    }

    boolean isPaused() {
        return paused;
    }

    /** Lets jobs be taken and run; returns whether they were not. */
    boolean open() {
        lock.lock();
        try {
            boolean was = open;
            open = true;
            lanes.lookEverywhere();
            return !was;
        } finally {
            changed.signalAll();
            lock.unlock();
        }
    }

    /** Lets no more jobs be taken or started; returns whether they were. */
    boolean close() {
        lock.lock();
        try {
            boolean was = open;
            open = false;
            return was;
        } finally {
            changed.signalAll();
            lock.unlock();
        }
    }

    void pause(boolean pause) {
        lock.lock();
        try {
            paused = pause;
            lanes.lookEverywhere();
        } finally {
            changed.signalAll();
            lock.unlock();
        }
    }

    /** Something that {@code mayTake} depends on has changed. */
    void poke() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void update(Consumer<Lanes> change) {
        lock.lock();
        try {
            change.accept(lanes);
        } finally {
            changed.signalAll();
            lock.unlock();
        }
    }

    <T> T read(Function<Lanes, T> question) {
        lock.lock();
        try {
            return question.apply(lanes);
        } finally {
            lock.unlock();
        }
    }

    // For the thread that takes jobs.

    /** @param over whether the calling thread is one of an earlier start; whoever wants it to end closes the workload too */
    ClaimStep awaitStep(BooleanSupplier over) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            taking &= over.getAsBoolean();
            while (open && !over.getAsBoolean()) {
                JobRun oldest = held.peek();
                if (oldest != null && oldest.heldNanos() > HOLD_NANOS) {
                    pace.tooMuch();
                    return new ClaimStep.GiveBack();
                }
                int room = room();
                if (room > 0) {
                    taking = true;
                    return new ClaimStep.Take(room);
                }
                if (oldest == null && !place.isAwaited()) {
                    changed.await();
                } else {
                    changed.awaitNanos(HOLD_NANOS / 2);
                }
            }
            return new ClaimStep.End();
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private int room() {
        if (paused || !open || !lanes.hasWork() || !mayTake.getAsBoolean()) {
            return 0;
        }
        int prefetch = pace.prefetch(concurrency);
        return held.size() > prefetch / 2
                ? 0
                : concurrency + prefetch - running.size() - held.size() - (place.isTaken() ? 1 : 0);
    }

    // For whoever sends.

    /**
     * Keeps a place for a job that is being sent, if nothing is known of that would come before it. One at a time: where
     * many send, it is cheaper to take their jobs together.
     *
     * @return from where on nothing was seen of the lanes, up to that of the job; {@code null} if there is no place
     */
    long @Nullable [] keep(Object sender, int lane) {
        lock.lock();
        try {
            boolean vacant =
                    open && !paused && !taking && !place.isTaken() && held.isEmpty() && running.size() < concurrency;
            if (!vacant || lanes.hasWork() || !mayTake.getAsBoolean()) {
                return null;
            }
            place.keep(sender);
            return lanes.unseen(lane);
        } finally {
            lock.unlock();
        }
    }

    /** The place is no longer kept. */
    void free(Object sender) {
        lock.lock();
        try {
            place.free(sender);
        } finally {
            changed.signalAll();
            lock.unlock();
        }
    }

    /**
     * The job for which the place was kept is there. Returns whether it runs; if not, it is held, to be given back, and
     * the place is kept until that has been done.
     */
    boolean fill(Object sender, JobRun run) {
        lock.lock();
        try {
            lanes.passed(run.job().lane(), run.job().seq());
            held.add(run);
            if (paused || !open) {
                return false;
            }
            place.free(sender);
            startRunner();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Holds jobs that were taken in so long, and lets them be run. */
    void hold(List<JobRun> taken, long nanos) {
        lock.lock();
        try {
            // All of them or none.
            held.addAll(taken);
            pace.claimed(nanos);
            startRunner();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for so long, or until it is closed. */
    void rest(Duration pause) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = pause.toNanos();
            while (left > 0 && open) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    // For the runners.

    /** Wakes a runner if there is a job for it; it wakes the next. */
    @GuardedBy("lock")
    private void startRunner() {
        if (held.isEmpty() || runners == concurrency) {
            return;
        }
        boolean started = false;
        try {
            started = threads.start();
        } finally {
            if (started) {
                runners++;
            } else {
                // The thread that takes jobs may not know yet that something is held.
                changed.signalAll();
            }
        }
    }

    /** Ends the runner's last job and returns its next, {@code null} if the runner is to end. */
    @Nullable
    JobRun next(@Nullable JobRun last) {
        lock.lock();
        try {
            if (last != null) {
                running.remove(last);
                pace.ran(last.ranNanos());
            }
            JobRun next = paused || !open ? null : held.peek();
            if (next == null) {
                runners--;
            } else {
                // In this order, so that a lack of memory loses nothing.
                running.add(next);
                held.remove();
                startRunner();
            }
            if (!open || room() > 0) {
                changed.signalAll();
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** The runner has ended in the middle, and with it its job. */
    void died(@Nullable JobRun last) {
        lock.lock();
        try {
            runners--;
            if (last != null) {
                running.remove(last);
            }
            startRunner();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    // For whoever gives back.

    /** Gives back the jobs that have not been started; if that fails, they are still held. */
    void giveBackHeld(Consumer<List<JobRun>> giveBack) {
        lock.lock();
        try {
            giveBack.accept(List.copyOf(held));
            held.clear();
        } finally {
            lock.unlock();
        }
    }

    /** A job that runs will never end. */
    void abandon(JobRun run) {
        lock.lock();
        try {
            running.remove(run);
        } finally {
            changed.signalAll();
            lock.unlock();
        }
    }

    List<JobRun> running() {
        lock.lock();
        try {
            return List.copyOf(running);
        } finally {
            lock.unlock();
        }
    }

    int activeJobs() {
        return running().size();
    }

    /** Waits until nothing runs, and nobody sends what would; returns whether that happened in time. */
    boolean awaitIdle(Duration limit) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = limit.toNanos();
            while ((!running.isEmpty() || place.isAwaited()) && left > 0) {
                left = changed.awaitNanos(left);
            }
            return running.isEmpty();
        } finally {
            lock.unlock();
        }
    }
}
