package io.pgjobq.internal.store;

import io.pgjobq.internal.database.NodeFencedException;
import io.pgjobq.internal.database.QueueGoneException;

/** What the store throws for what has become of a node or a queue. */
public final class StoreFailures {

    private StoreFailures() {}

    /** The node has been declared dead. */
    public static NodeFencedException nodeFenced() {
        return new NodeFencedException(new IllegalStateException("fenced"));
    }

    /** The queue has been deleted. */
    public static QueueGoneException queueGone() {
        return new QueueGoneException(new IllegalStateException("gone"));
    }
}
