package io.pgjobq.store;

import java.util.List;

/**
 * What a node took.
 *
 * @param jobs the jobs, in the order in which they are to start
 * @param emptied the lanes in which nothing is left, each with where to go on
 * @param look when the last job's lane was looked at, for the next request; 0 if it was emptied
 */
public record Claimed(List<ClaimedJob> jobs, List<ReadyJobs> emptied, long look) {}
