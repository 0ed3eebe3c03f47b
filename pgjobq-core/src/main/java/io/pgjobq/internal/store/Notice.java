package io.pgjobq.internal.store;

/**
 * A notification that leaves with the commit of a job.
 *
 * @param channel where it is sent
 * @param beginning its text up to the number of the job's queue; lane and place follow
 */
public record Notice(String channel, String beginning) {}
