package io.pgjobq;

import java.util.List;
import java.util.Optional;

/** Looks at dead jobs and sends them again. Changes are committed at once. Thread-safe. */
public interface DeadJobs {

    /**
     * Lists dead jobs of a queue, the latest first.
     *
     * @param limit at most how many, from 1 to 1,000
     * @throws UnknownQueueException if there is no such queue
     */
    List<DeadJob> list(String queue, int limit);

    /** Returns the dead job of that id, empty if there is none. */
    Optional<DeadJob> find(long id);

    /**
     * Makes a dead job ready again, under its old id, with all its attempts, unless another job has taken its {@link Unique} key.
     *
     * @return whether there was such a dead job, and its key was free
     */
    boolean redrive(long id);

    /**
     * Makes all jobs of a queue ready again that are dead now and whose keys are free, in batches that are committed one by one. What dies meanwhile
     * stays dead, so that this ends.
     *
     * @return how many
     * @throws UnknownQueueException if there is no such queue
     */
    long redriveAll(String queue);
}
