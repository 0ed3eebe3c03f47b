package io.pgjobq.internal.worker;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.pgjobq.ContainerOptions;
import io.pgjobq.internal.settle.QuarantineSlot;
import io.pgjobq.internal.support.Timer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the threads of a container share: one takes jobs, up to {@code concurrency} runners work through them, others send,
 * pause or stop. What follows from what they do is up to {@link JobsInHand}. Thread-safe.
 */
final class Workload {

    /** Held jobs that were not started in this time are to be given back: another node may be free. */
    static final long HOLD_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final ReentrantLock lock = new ReentrantLock();

    /** Something that decides whether to take jobs has changed, or a job has ended. */
    private final Condition changed = lock.newCondition();

    @GuardedBy("lock")
    private final JobsInHand jobs;

    /**
     * @param queue how log lines name it
     * @param options how many jobs may run at once, and be held
     * @param batches which jobs run together
     * @param timer measures how long jobs wait for others
     * @param quarantine what the node's queues share
     * @param mayTake whether jobs may be taken at this moment, as far as the container is not concerned
     * @param startRunner starts a thread that calls {@link #next} until there is nothing left
     */
    Workload(
            String queue,
            ContainerOptions options,
            Batches batches,
            Timer timer,
            QuarantineSlot quarantine,
            BooleanSupplier mayTake,
            Runnable startRunner,
            LongSupplier nanoTime) {
        this.jobs = new JobsInHand(
                options,
                batches,
                new BatchWait(timer, this::waited, nanoTime),
                quarantine,
                mayTake,
                new RunnerThreads(queue, startRunner),
                nanoTime);
    }

    /** Wakes everybody who waits. */
    private <T extends @Nullable Object> T change(Function<JobsInHand, T> change) {
        lock.lock();
        try {
            return change.apply(jobs);
        } finally {
            changed.signalAll();
            lock.unlock();
        }
    }

    /** Wakes others only if there is something for the thread that takes jobs: it happens for each job. */
    private <T extends @Nullable Object> T advance(Function<JobsInHand, T> change) {
        lock.lock();
        try {
            try {
                return change.apply(jobs);
            } finally {
                if (jobs.needsClaimer()) {
                    changed.signalAll();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private <T extends @Nullable Object> T look(Function<JobsInHand, T> question) {
        lock.lock();
        try {
            return question.apply(jobs);
        } finally {
            lock.unlock();
        }
    }

    private static Function<JobsInHand, Boolean> done(Consumer<JobsInHand> change) {
        return jobs -> {
            change.accept(jobs);
            return true;
        };
    }

    boolean isOpen() {
        return look(JobsInHand::isOpen);
    }

    boolean isPaused() {
        return look(JobsInHand::isPaused);
    }

    /** Lets jobs be taken and run; returns whether they were not. */
    boolean open() {
        return change(JobsInHand::open);
    }

    /** Lets no more jobs be taken or started; returns whether they were. */
    boolean close() {
        return change(JobsInHand::close);
    }

    void pause(boolean pause) {
        change(done(jobs -> jobs.pause(pause)));
    }

    /** Something that {@code mayTake} depends on has changed. */
    void poke() {
        change(done(jobs -> {}));
    }

    void update(Consumer<Lanes> change) {
        change(done(jobs -> change.accept(jobs.lanes())));
    }

    <T> T read(Function<Lanes, T> question) {
        return look(jobs -> question.apply(jobs.lanes()));
    }

    // For the thread that takes jobs.

    /** @param over whether the calling thread is one of an earlier start; whoever wants it to end closes the workload too */
    ClaimStep awaitStep(BooleanSupplier over) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            ClaimStep step;
            while ((step = jobs.step(over.getAsBoolean())) == null) {
                if (jobs.watchesTime()) {
                    changed.awaitNanos(HOLD_NANOS / 2);
                } else {
                    changed.await();
                }
            }
            return step;
        } finally {
            lock.unlock();
        }
    }

    /** Holds jobs that were taken in so long, and lets them be run. */
    void hold(List<JobRun> taken, long nanos) {
        advance(done(jobs -> jobs.hold(taken, nanos)));
    }

    /** Waits for so long, or until it is closed. */
    void rest(Duration pause) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = pause.toNanos();
            while (left > 0 && jobs.isOpen()) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private void waited() {
        change(done(JobsInHand::waited));
    }

    // For whoever sends.

    /**
     * Keeps a place for a job that is being sent, if nothing is known of that would come before it. One at a time: where
     * many send, it is cheaper to take their jobs together.
     *
     * @return from where on nothing was seen of the lanes, up to that of the job; {@code null} if there is no place
     */
    long @Nullable [] keep(Object sender, int lane) {
        return look(jobs -> jobs.keep(sender, lane));
    }

    /** The place is no longer kept. */
    void free(Object sender) {
        change(done(jobs -> jobs.free(sender)));
    }

    /**
     * The job for which the place was kept is there. Returns whether it runs; if not, it is held, to be given back, and
     * the place is kept until that has been done.
     */
    boolean fill(Object sender, JobRun run) {
        return advance(jobs -> jobs.fill(sender, run));
    }

    // For the runners.

    /** Ends the runner's last job and returns its next, {@code null} if the runner is to end. */
    @Nullable
    JobRun next(@Nullable JobRun last) {
        return advance(jobs -> jobs.next(last));
    }

    /** The runner has ended in the middle, and with it its job. */
    void died(@Nullable JobRun last) {
        change(done(jobs -> jobs.died(last)));
    }

    // For whoever gives back.

    /** Gives back the jobs that have not been started; if that fails, they are still held. */
    void giveBackHeld(Consumer<List<JobRun>> giveBack) {
        look(done(jobs -> {
            giveBack.accept(jobs.held());
            jobs.letGo();
        }));
    }

    /** A job that runs will never end. */
    void abandon(JobRun run) {
        change(done(jobs -> jobs.abandon(run)));
    }

    List<JobRun> running() {
        return look(JobsInHand::running);
    }

    /** Returns the attempt at a job that is held or runs, {@code null} if there is none. */
    @Nullable
    JobRun find(long job) {
        return look(jobs -> jobs.find(job));
    }

    int activeJobs() {
        return running().size();
    }

    /** Waits until nothing runs, and nobody sends what would; returns whether nothing runs. */
    boolean awaitIdle(Duration limit) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = limit.toNanos();
            while (!jobs.isIdle() && left > 0) {
                left = changed.awaitNanos(left);
            }
            return jobs.running().isEmpty();
        } finally {
            lock.unlock();
        }
    }
}
