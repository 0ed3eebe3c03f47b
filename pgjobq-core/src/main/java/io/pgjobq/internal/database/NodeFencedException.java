package io.pgjobq.internal.database;

import io.pgjobq.PgJobqException;

/** This node has been declared dead by another: it must register anew before it can take jobs. */
@SuppressWarnings("serial")
public final class NodeFencedException extends PgJobqException {

    public NodeFencedException(Throwable cause) {
        super("this node has been declared dead", cause);
    }
}
