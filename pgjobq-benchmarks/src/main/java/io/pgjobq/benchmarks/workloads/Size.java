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
 * @param warmUp how long at most a system sends, and then works, to let the JVM get warm
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

    /** How many jobs more than it is asked for a fast system may have while it gets warm. */
    private static final int WARM_UP_TIMES = 10;

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
            Duration.ofSeconds(2));

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
            Duration.ofSeconds(5));

    /**
     * For the round in which the JVM gets warm: the same time for all systems, in which each does what it can, and half of what is
     * not limited by time.
     */
    public Size warmingUp() {
        return new Size(
                jobs * WARM_UP_TIMES,
                warmUp,
                warmUp,
                samples / 2,
                warmUp.multipliedBy(2),
                shared,
                waiting,
                snapshot * WARM_UP_TIMES,
                idle,
                warmUp);
    }

    /** How many jobs each of several processes gets warm with. */
    public int warmUpShared() {
        return shared / 4;
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
