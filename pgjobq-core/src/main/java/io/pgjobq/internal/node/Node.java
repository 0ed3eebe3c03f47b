package io.pgjobq.internal.node;

import io.pgjobq.internal.store.Registration;

/** This application instance among the others, as far as those need it who take and run jobs. Thread-safe. */
public interface Node {

    /** Ids for claims that were never used and never will be, from the first on. */
    record ClaimIds(Registration by, long first) {}

    /** Returns the node's number, 0 while it is not registered. */
    int id();

    /** Returns whether the node is of use: it neither takes jobs nor says that it lives if it can't keep working. */
    boolean isFit();

    /**
     * Returns ids for so many claims.
     *
     * @throws IllegalStateException if the node is not registered
     */
    ClaimIds nextClaims(int count);

    /** Returns whether this node, as it is registered now, made the claim. */
    boolean made(long claim);

    /**
     * Returns whether this node has been silent for so long that what it holds may run elsewhere by now. It was frozen or cut
     * off, and has not learned yet what became of it.
     */
    boolean mayBeDead();

    /** The list does not have that registration any more: registers anew, unless that has been done already. */
    void fenced(Registration registration);
}
