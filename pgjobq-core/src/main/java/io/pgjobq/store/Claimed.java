package io.pgjobq.store;

import java.util.List;

/**
 * What a node took.
 *
 * @param jobs the jobs, in the order in which they are to start
 * @param emptied the lanes in which nothing is left, each with where to go on
 */
public record Claimed(List<ClaimedJob> jobs, List<ReadyJobs> emptied) {}
