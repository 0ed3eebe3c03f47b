package io.pgjobq.internal.store;

/**
 * Jobs that were stored.
 *
 * @param queue the queue's number
 * @param ids their ids, in the order in which they were given
 * @param ready whether they are ready, rather than waiting
 * @param dueInMillis when they are due, if they are waiting
 */
public record InsertedJobs(int queue, long[] ids, boolean ready, long dueInMillis) {}
