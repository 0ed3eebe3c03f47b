package io.pgjobq.internal.database;

import io.pgjobq.PgJobqException;

/** The queue that jobs were to be taken from has been deleted. */
@SuppressWarnings("serial")
public final class QueueGoneException extends PgJobqException {

    public QueueGoneException(Throwable cause) {
        super("the queue has been deleted", cause);
    }
}
