package io.pgjobq;

import org.springframework.context.SmartLifecycle;

/**
 * Runs the jobs of one queue on this node. Thread-safe. All methods but {@link #stop()} return at once.
 *
 * <p>What it does concerns this node alone; {@link JobQueues#pause} pauses a queue everywhere.
 */
public interface WorkerContainer extends SmartLifecycle {

    /** Returns the name of the container's queue. */
    String queue();

    /** Starts taking jobs. Does nothing if the container runs. */
    @Override
    void start();

    /**
     * Stops taking jobs, gives back those that have not started, waits for the running ones up to the shutdown time-out,
     * then interrupts them and gives back what is left, without charging an attempt. Returns when all that is done.
     */
    @Override
    void stop();

    /** Stops taking jobs and gives back those that have not started; the running ones go on. Survives stop and start. */
    void pause();

    /** Takes jobs again after {@link #pause()}. */
    void resume();

    /** Returns whether the container was started and not stopped. A paused container is running. */
    @Override
    boolean isRunning();

    /** Returns whether {@link #pause()} was called last. */
    boolean isPaused();

    /** Returns how many jobs may run at once, where a batch counts as one. */
    int concurrency();

    /** Returns how many jobs run at this moment, those of batches included. */
    int activeJobs();

    /** Returns how many jobs have been taken and have not started yet. */
    int prefetchedJobs();
}
