package io.pgjobq.migration;

import io.pgjobq.PgJobqException;

/** There is no connection to the database at start, and has to be one. */
@SuppressWarnings("serial")
final class DatabaseUnreachableException extends PgJobqException {

    private final String action;

    DatabaseUnreachableException(ConnectionFailure failure, Throwable cause) {
        super("pgjobq gets no connection to its database: " + failure.reason(), cause);
        this.action = failure.action();
    }

    /** Returns what to do about it. */
    String action() {
        return action;
    }
}
