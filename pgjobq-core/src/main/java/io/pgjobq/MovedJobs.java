package io.pgjobq;

/**
 * What became of a request to move jobs, or to give them another type.
 *
 * @param moved how many it was done for
 * @param running how many stay as they are since a node holds them
 * @param keysTaken how many stay since other jobs have their keys in that queue
 */
public record MovedJobs(long moved, long running, long keysTaken) {}
