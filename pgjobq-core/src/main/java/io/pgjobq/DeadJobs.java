package io.pgjobq;

import java.util.Optional;

/**
 * Looks at dead jobs and sends them again; {@link Jobs#list} lists them. Changes are committed at once, whatever transaction the
 * caller has. Thread-safe.
 */
public interface DeadJobs {

    /** Returns the dead job of that id, empty if there is none. */
    Optional<DeadJob> find(long id);

    /**
     * Makes a dead job ready again, under its old id, with all its attempts, unless another job has taken its {@link Unique} key.
     *
     * @return whether there was such a dead job, and its key was free
     */
    boolean redrive(long id);

    /**
     * Like {@link #redrive(long)}, with another payload instead of the one that it died with. The old one is gone.
     *
     * @param payload written by the {@link PayloadConverter}. Its class must be one that the job's type is a name of, or an alias,
     *     see {@link JobType}; the job gets the class's name then. A {@code byte[]} is stored as it is, and the type stays
     * @throws PayloadConversionException if the payload can't be written, or takes more than 64 MiB
     * @throws IllegalArgumentException if the job is of another type
     */
    boolean redrive(long id, Object payload);

    /**
     * Makes all jobs ready again that a filter means, that are dead now and whose keys are free: those that died first come first, a
     * thousand at a time, each thousand in a transaction of its own. What dies meanwhile stays dead, so that this ends.
     *
     * @return how many
     * @throws UnknownQueueException if there is no such queue
     */
    long redriveAll(JobFilter filter);

    /**
     * Like {@link #redriveAll(JobFilter)}, at a given rate: the first ones become ready now, and the others one after the other. Until
     * then they are {@link JobState#SCHEDULED}, and can be cancelled. This returns when all have their times, which takes no
     * longer than without a rate, and needs nobody to wait; so the rate outlives this process. Where several redrive at a
     * time, their rates add up. Jobs become ready by tenths of a second.
     *
     * @return how many
     * @throws UnknownQueueException if there is no such queue
     */
    long redriveAll(JobFilter filter, Rate rate);
}
