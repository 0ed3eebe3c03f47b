package io.pgjobq.internal.worker;

/** What containers ask of the node's upkeep when they notice what only that can mend. Returns at once. Thread-safe. */
public interface Upkeep {

    /** A claim may have been made without this node's knowing: what nobody knows of is to be given back. */
    void claimInDoubt();

    /** History could not be written, because a partition is missing. */
    void partitionMissing();
}
