package io.pgjobq;

/**
 * What became of a request to cancel many jobs.
 *
 * @param cancelled how many waited or were ready, and are cancelled
 * @param requested how many are held by nodes, which have been told, and end as {@link CancelResult#REQUESTED} says
 */
public record CancelledJobs(long cancelled, long requested) {}
