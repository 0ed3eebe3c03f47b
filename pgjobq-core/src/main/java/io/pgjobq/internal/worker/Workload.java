package io.pgjobq.internal.worker;

import io.pgjobq.ContainerOptions;
import io.pgjobq.internal.settle.QuarantineSlot;
import io.pgjobq.internal.store.EndedTurns;
import io.pgjobq.internal.support.Timer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
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

    private final SharedJobs jobs;

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
        this.jobs = new SharedJobs(new JobsInHand(
                options,
                batches,
                new BatchWait(timer, this::waited, nanoTime),
                quarantine,
                mayTake,
                new RunnerThreads(queue, startRunner),
                nanoTime));
    }

    private static Function<JobsInHand, Boolean> done(Consumer<JobsInHand> change) {
        return inHand -> {
            change.accept(inHand);
            return true;
        };
    }

    boolean isOpen() {
        return jobs.look(JobsInHand::isOpen);
    }

    boolean isPaused() {
        return jobs.look(JobsInHand::isPaused);
    }

    /** Lets jobs be taken and run; returns whether they were not. */
    boolean open() {
        return jobs.change(JobsInHand::open);
    }

    /** Lets no more jobs be taken or started; returns whether they were. */
    boolean close() {
        return jobs.change(JobsInHand::close);
    }

    void pause(boolean pause) {
        jobs.change(done(inHand -> inHand.pause(pause)));
    }

    /** Something that {@code mayTake} depends on has changed. */
    void poke() {
        jobs.change(done(inHand -> {}));
    }

    void update(Consumer<Lanes> change) {
        jobs.change(done(inHand -> change.accept(inHand.lanes())));
    }

    /** Looks at what is known of the lanes and of the lines of jobs with keys. */
    <T> T read(BiFunction<Lanes, KeyTurns, T> question) {
        return jobs.look(inHand -> question.apply(inHand.lanes(), inHand.turns()));
    }

    /** Changes what is known of the lines of jobs with keys. */
    <T> T turns(Function<KeyTurns, T> change) {
        return jobs.change(inHand -> change.apply(inHand.turns()));
    }

    /** Jobs with keys are no longer held here; returns whether that is going to be said with the next claim. */
    boolean ended(EndedTurns ended) {
        return jobs.change(inHand -> inHand.ended(ended));
    }

    /** The next job in a line may have its turn. */
    void announceTurn(long line) {
        jobs.change(done(inHand -> inHand.announceTurn(line)));
    }

    /** Changes what is known of the queue's limits, and returns what is said of them. */
    <T> T gate(Function<Gate, T> change) {
        return jobs.change(inHand -> change.apply(inHand.gate()));
    }

    /** Jobs are being asked for; returns how many could start at once. */
    int ask() {
        return jobs.look(JobsInHand::ask);
    }

    /** There is room in a queue that has limits; returns whether jobs are going to be taken. */
    boolean freed() {
        return jobs.change(JobsInHand::freed);
    }

    // For the thread that takes jobs.

    /** @param over whether the calling thread is one of an earlier start; whoever wants it to end closes the workload too */
    ClaimStep awaitStep(BooleanSupplier over) throws InterruptedException {
        return jobs.await(inHand -> inHand.step(over.getAsBoolean()));
    }

    /** Holds jobs that were taken in so long, and lets them be run. */
    void hold(List<JobRun> taken, long nanos) {
        jobs.advance(done(inHand -> inHand.hold(taken, nanos)));
    }

    /** Waits for so long, or until it is closed. */
    void rest(Duration pause) throws InterruptedException {
        jobs.await(inHand -> !inHand.isOpen(), pause);
    }

    private void waited() {
        jobs.change(done(JobsInHand::waited));
    }

    // For whoever sends.

    /**
     * Keeps a place for a job that is being sent, if nothing is known of that would come before it. One at a time: where
     * many send, it is cheaper to take their jobs together.
     *
     * @return from where on nothing was seen of the lanes, up to that of the job; {@code null} if there is no place
     */
    long @Nullable [] keep(Object sender, int lane) {
        return jobs.look(inHand -> inHand.keep(sender, lane));
    }

    /** The place is no longer kept. */
    void free(Object sender) {
        jobs.change(done(inHand -> inHand.free(sender)));
    }

    /**
     * The job for which the place was kept is there. Returns whether it runs; if not, it is held, to be given back, and
     * the place is kept until that has been done.
     */
    boolean fill(Object sender, JobRun run) {
        return jobs.advance(inHand -> inHand.fill(sender, run));
    }

    // For the runners.

    /** Ends the runner's last job and returns its next, {@code null} if the runner is to end. */
    @Nullable
    JobRun next(@Nullable JobRun last) {
        return jobs.advance(inHand -> inHand.next(last));
    }

    /** The runner has ended in the middle, and with it its job. */
    void died(@Nullable JobRun last) {
        jobs.change(done(inHand -> inHand.died(last)));
    }

    // For whoever gives back.

    /** Gives back the jobs that have not been started; if that fails, they are still held. */
    void giveBackHeld(Consumer<List<JobRun>> giveBack) {
        jobs.look(done(inHand -> {
            giveBack.accept(inHand.held());
            inHand.letGo();
        }));
    }

    /** A job that runs will never end. */
    void abandon(JobRun run) {
        jobs.change(done(inHand -> inHand.abandon(run)));
    }

    List<JobRun> running() {
        return jobs.look(JobsInHand::running);
    }

    /** Returns the attempt at a job that is held or runs, {@code null} if there is none. */
    @Nullable
    JobRun find(long job) {
        return jobs.look(inHand -> inHand.find(job));
    }

    int activeJobs() {
        return running().size();
    }

    int heldJobs() {
        return jobs.look(JobsInHand::heldJobs);
    }

    /** Waits until nothing runs, and nobody sends what would; returns whether nothing runs. */
    boolean awaitIdle(Duration limit) throws InterruptedException {
        jobs.await(JobsInHand::isIdle, limit);
        return running().isEmpty();
    }
}
