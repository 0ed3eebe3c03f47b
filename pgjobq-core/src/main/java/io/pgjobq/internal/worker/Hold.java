package io.pgjobq.internal.worker;

import io.pgjobq.internal.node.Node;
import io.pgjobq.internal.settle.ClaimBook;
import io.pgjobq.internal.store.ClaimedJob;

/** What the node knows of its claims. */
interface Hold {

    /** Returns whether the node has learned that the job was taken away from it. */
    boolean isLost(ClaimedJob job);

    /** Returns whether the job may have been taken away from the node without its knowing. */
    boolean mayBeLost();

    static Hold of(Node node, ClaimBook book) {
        return new Hold() {

            @Override
            public boolean isLost(ClaimedJob job) {
                return !node.made(job.claim()) || book.isLost(job.claim());
            }

            @Override
            public boolean mayBeLost() {
                return node.mayBeDead();
            }
        };
    }
}
