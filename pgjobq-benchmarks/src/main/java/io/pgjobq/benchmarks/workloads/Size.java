package io.pgjobq.benchmarks.workloads;

import java.time.Duration;

/**
 * How much is asked for.
 *
 * @param jobs how many jobs a drain has
 * @param limit after what time a system that is slower is not asked for more
 * @param peerLimit the same for peers that are known to be much slower
 * @param samples how many single jobs are timed
 * @param stretch how long a steady load lasts, and what takes turns
 * @param shared how many jobs several processes share
 * @param waiting how many jobs wait behind those that are measured
 * @param snapshot how many jobs are worked off while a snapshot is held
 * @param idle how long idle nodes are watched
 * @param warmUp how long at most a system sends, and then works, in a run that is not counted
 */
public record Size(
        int jobs,
        Duration limit,
        Duration peerLimit,
        int samples,
        Duration stretch,
        int shared,
        int waiting,
        int snapshot,
        Duration idle,
        Duration warmUp) {

    /** For a first look, in minutes. */
    public static final Size QUICK = new Size(
            20_000,
            Duration.ofSeconds(10),
            Duration.ofSeconds(3),
            100,
            Duration.ofSeconds(3),
            60_000,
            200_000,
            100_000,
            Duration.ofSeconds(15),
            Duration.ofSeconds(1));

    /** What the bars are measured with. */
    public static final Size FULL = new Size(
            100_000,
            Duration.ofSeconds(30),
            Duration.ofSeconds(4),
            500,
            Duration.ofSeconds(10),
            400_000,
            1_000_000,
            300_000,
            Duration.ofSeconds(60),
            Duration.ofSeconds(2));

    /**
     * For the runs in which the JVM gets warm: as many jobs as are measured, in the same time at most for all systems; half of
     * what only takes time.
     */
    public Size warmingUp() {
        return new Size(
                jobs, warmUp, warmUp, samples / 2, stretch.dividedBy(2), shared, waiting / 2, snapshot, idle, warmUp);
    }

    /** How many jobs each of several processes gets warm with. */
    public int warmUpShared() {
        return 2 * shared;
    }

    /** With another number of jobs in each drain. */
    public Size withJobs(int number) {
        return new Size(number, limit, peerLimit, samples, stretch, shared, waiting, snapshot, idle, warmUp);
    }

    /** With other limits. */
    public Size withLimits(Duration time, Duration peerTime) {
        return new Size(jobs, time, peerTime, samples, stretch, shared, waiting, snapshot, idle, warmUp);
    }
}
