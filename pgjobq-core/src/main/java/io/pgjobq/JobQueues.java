package io.pgjobq;

import java.util.List;

/** Manages queues. Changes are committed at once, whatever transaction the caller has. Thread-safe. */
public interface JobQueues {

    /**
     * Creates the queue if it does not exist.
     *
     * @param name 1 to 100 letters, digits, {@code .}, {@code _}, {@code -}, {@code :} or {@code /}, starting with a
     *     letter or digit
     * @throws IllegalArgumentException if the name is not valid
     */
    void create(String name);

    /** Returns the names of all queues, in alphabetical order. */
    List<String> names();

    /**
     * Describes the queue.
     *
     * @throws UnknownQueueException if there is none of that name
     */
    QueueDescription describe(String name);

    /** Describes all queues, in alphabetical order of their names. */
    List<QueueDescription> describeAll();

    /**
     * Stops all nodes from taking jobs of the queue; what they have taken goes on, and sending works.
     *
     * @throws UnknownQueueException if there is none of that name
     */
    void pause(String name);

    /**
     * Lets all nodes start jobs of the queue again.
     *
     * @throws UnknownQueueException if there is none of that name
     */
    void resume(String name);

    /**
     * Sets what is allowed of the queue's jobs in the whole fleet, from now on. What runs goes on: a lower limit lets nothing start
     * until it is kept. It outlives restarts, until an application starts that declares other limits than the last one did.
     *
     * @throws UnknownQueueException if there is none of that name
     */
    void limit(String name, QueueLimits limits);

    /**
     * Deletes an empty queue. What is kept of its finished jobs stays until its time is over.
     *
     * @throws UnknownQueueException if there is none of that name
     * @throws QueueNotEmptyException if it has jobs that are ready, running or waiting
     */
    void delete(String name);

    /**
     * Deletes a queue and cancels all its jobs. Jobs that run at this moment run to their end, unrecorded.
     *
     * @throws UnknownQueueException if there is none of that name
     */
    void deleteWithJobs(String name);
}
