package io.pgjobq.internal.store;

/**
 * Where a node would run a job that is sent now.
 *
 * @param queue the queue's number
 * @param node who would run it
 * @param claim the id of the claim that would hold it
 * @param from for each lane, from the most urgent to the job's own, from where on the node has not looked
 */
public record SlotClaim(int queue, Registration node, long claim, long[] from) {}
