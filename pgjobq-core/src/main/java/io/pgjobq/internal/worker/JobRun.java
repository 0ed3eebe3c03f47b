package io.pgjobq.internal.worker;

import io.pgjobq.JobContext;
import io.pgjobq.ScheduledTime;
import io.pgjobq.internal.convert.TypeName;
import io.pgjobq.internal.progress.ProgressReport;
import io.pgjobq.internal.store.ClaimedJob;
import io.pgjobq.internal.store.Settlement;
import io.pgjobq.internal.store.StoredJson;
import io.pgjobq.internal.support.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at one job, from the claim to the settlement. It is settled once: by the thread that runs it, or by its
 * container if it gives the job back. Thread-safe.
 */
final class JobRun implements JobContext {

    private final ClaimedJob job;
    private final String queue;
    private final int maxAttempts;
    private final Hold hold;
    private final BooleanSupplier stopping;
    private final Consumer<Settlement> settler;
    private final ProgressReport.Sink reports;
    private final LongSupplier nanoTime;
    private final long claimedAt;
    private final AtomicBoolean settled = new AtomicBoolean();

    /** Written by the running thread before it calls the handler, read by all. */
    private volatile long startedAt;

    /** Held while a thread is interrupted, so that it can't go on with another job meanwhile. */
    private final ReentrantLock interrupting = new ReentrantLock();

    /** Why the attempt is to end, {@code null} if it may go on. */
    private volatile @Nullable Interruption interruption;

    /** The thread that runs the handler with this job alone; {@code null} before and after. */
    private volatile @Nullable Thread thread;

    /** With which others it runs, {@code null} if alone. */
    private volatile @Nullable JobBatch batch;

    /** Whether what is logged of it would only repeat what is logged of another one. */
    private volatile boolean quiet;

    /** What the handler has returned, if that is not done yet. */
    private volatile @Nullable CompletionStage<?> awaited;

    /** Until the deadline, {@code null} if there is none. Only used by the running thread. */
    private @Nullable TimeLeft timeLeft;

    /** How far the handler says that it is, {@code null} as long as it says nothing. Written while {@code interrupting} is held. */
    private volatile @Nullable ProgressReport progress;

    /** What watches how long it runs, {@code null} if nothing does. */
    private volatile Timer.@Nullable Alarm alarm;

    JobRun(
            ClaimedJob job,
            String queue,
            int maxAttempts,
            Hold hold,
            BooleanSupplier stopping,
            Consumer<Settlement> settler,
            ProgressReport.Sink reports,
            LongSupplier nanoTime) {
        this.job = job;
        this.queue = queue;
        this.maxAttempts = maxAttempts;
        this.hold = hold;
        this.stopping = stopping;
        this.settler = settler;
        this.reports = reports;
        this.nanoTime = nanoTime;
        this.claimedAt = nanoTime.getAsLong();
    }

    ClaimedJob job() {
        return job;
    }

    long heldNanos() {
        return nanoTime.getAsLong() - claimedAt;
    }

    /** It runs as one of the batch. */
    void join(JobBatch newBatch) {
        batch = newBatch;
    }

    /** Returns with which others it runs, {@code null} if the handler is called with it alone. */
    @Nullable
    JobBatch batch() {
        return batch;
    }

    /** Returns the attempts that run with this one, itself included. */
    List<JobRun> together() {
        JobBatch of = batch;
        return of == null ? List.of(this) : of.runs();
    }

    /** Returns whether it stands for those that run with it: the places of a queue are counted by these. */
    boolean leads() {
        JobBatch of = batch;
        return of == null || of.first() == this;
    }

    /** Another one has come to the same, which is logged there. */
    void quiet() {
        quiet = true;
    }

    boolean isQuiet() {
        return quiet;
    }

    /** The calling thread runs the handler from now on. */
    void begin() {
        startedAt = nanoTime.getAsLong();
        if (batch == null) {
            thread = Thread.currentThread();
        }
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

    /** No thread runs the handler, but its work goes on until the stage ends. */
    void await(CompletionStage<?> stage) {
        awaited = stage;
        if (interruption != null) {
            Awaited.cancel(stage, this);
        }
    }

    /** The job must have succeeded in so long. */
    void expiresIn(Duration left) {
        timeLeft = TimeLeft.of(left, nanoTime);
    }

    /** Returns how long the job has left, nothing if its time is over; {@code null} if it has no deadline. */
    @Nullable
    Duration timeLeft() {
        return timeLeft == null ? null : timeLeft.now();
    }

    /** Returns whether the deadline was over before the handler was called; then the attempt is to end by it. */
    boolean expires() {
        Duration left = timeLeft();
        return left != null && left.isZero() && mark(new Interruption.ByDeadline());
    }

    /** How long it runs is watched, until it is settled. */
    void watchedBy(Timer.Alarm newAlarm) {
        alarm = newAlarm;
        if (isSettled()) {
            newAlarm.cancel();
        }
    }

    long ranNanos() {
        return nanoTime.getAsLong() - startedAt;
    }

    /** Returns whether a thread runs the handler, or its work goes on. */
    boolean isRunning() {
        return handlerThread() != null || awaited != null;
    }

    /**
     * Makes the attempt end, unless it has or is made to already; a cancellation comes before everything else. Returns whether it
     * is made to now.
     */
    boolean interrupt(Interruption why) {
        interrupting.lock();
        try {
            if (!mark(why)) {
                return false;
            }
            Thread running = thread;
            if (running != null) {
                running.interrupt();
            }
        } finally {
            interrupting.unlock();
        }
        JobBatch of = batch;
        if (of != null) {
            of.interrupt(why);
        }
        CompletionStage<?> stage = awaited;
        if (stage != null) {
            Awaited.cancel(stage, this);
        }
        return true;
    }

    /** Says that the attempt is to end, and why, as {@link #interrupt} does, and interrupts nothing. */
    boolean mark(Interruption why) {
        interrupting.lock();
        try {
            boolean cancels = why instanceof Interruption.ByCancellation;
            if (isSettled() || (interruption != null && !(cancels && cancellation() == null))) {
                return false;
            }
            interruption = why;
            return true;
        } finally {
            interrupting.unlock();
        }
    }

    /** Returns whether a failure is likely to come from the container's interruption, rather than from the job. */
    boolean wasInterruptedByStop() {
        return interruption instanceof Interruption.ByStop;
    }

    /** Returns whether the attempt was to end before now: its job was cancelled, or its time is over. */
    boolean isTooLate() {
        return interruption != null && !wasInterruptedByStop();
    }

    /** Returns why the attempt is to end, {@code null} if it may go on. */
    @Nullable
    Interruption interruption() {
        return interruption;
    }

    /** Returns what has cancelled the job, {@code null} if nothing has. */
    Interruption.@Nullable ByCancellation cancellation() {
        return interruption instanceof Interruption.ByCancellation cancelled ? cancelled : null;
    }

    /** Returns the thread that runs the handler, {@code null} if none does. */
    @Nullable
    Thread handlerThread() {
        JobBatch of = batch;
        return of == null ? thread : of.thread();
    }

    /** Returns whether the attempt is over, or was given back before it began. */
    boolean isSettled() {
        return settled.get();
    }

    /** Settles the attempt, unless that has been done; returns whether it has been done now. */
    boolean settle(Settlement settlement) {
        if (!settled.compareAndSet(false, true)) {
            return false;
        }
        boolean said = false;
        try {
            settler.accept(settlement);
            said = true;
        } finally {
            settled.set(said);
        }
        ProgressReport reported = progress;
        if (reported != null) {
            reported.close();
        }
        Timer.Alarm watching = alarm;
        if (watching != null) {
            watching.cancel();
        }
        return true;
    }

    @Override
    public long id() {
        return job.id();
    }

    @Override
    public String queue() {
        return queue;
    }

    @Override
    public String type() {
        return TypeName.parse(job.type()).name();
    }

    @Override
    public int version() {
        return TypeName.parse(job.type()).version();
    }

    @Override
    public int attempt() {
        return job.attempt() + 1;
    }

    @Override
    public int maxAttempts() {
        return maxAttempts;
    }

    @Override
    public int priority() {
        return job.priority();
    }

    @Override
    public Instant sentAt() {
        return job.sentAt();
    }

    @Override
    public Instant readyAt() {
        return job.readyAt();
    }

    @Override
    public Map<String, String> attributes() {
        return StoredJson.attributes(job.attributes());
    }

    @Override
    public Optional<String> key() {
        return Optional.ofNullable(job.turn()).map(turn -> turn.key());
    }

    @Override
    public Optional<ScheduledTime> scheduled() {
        return StoredJson.scheduled(job.attributes());
    }

    /** Returns whether the node has learned that the job was taken away from it. */
    boolean isLost() {
        return hold.isLost(job);
    }

    /** Returns whether the job may have been taken away from the node without its knowing. */
    boolean mayBeLost() {
        return hold.mayBeLost();
    }

    @Override
    public boolean isCancelled() {
        return cancellation() != null;
    }

    @Override
    public boolean shouldStop() {
        return stopping.getAsBoolean() || interruption != null || isLost();
    }

    @Override
    public void progress(long done, long total, @Nullable String message) {
        if (done < 0 || done > total) {
            throw new IllegalArgumentException(
                    this + ": its progress must be from 0 to the total, but is " + done + " of " + total);
        }
        report().set(done, total, message);
    }

    private ProgressReport report() {
        ProgressReport report = progress;
        if (report == null) {
            interrupting.lock();
            try {
                report = progress == null ? new ProgressReport(job, reports) : progress;
                progress = report;
            } finally {
                interrupting.unlock();
            }
        }
        if (isSettled()) {
            report.close();
        }
        return report;
    }

    @Override
    public String toString() {
        return "queue '" + queue + "' job " + job.id();
    }
}
