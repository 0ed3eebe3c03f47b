package io.pgjobq.migration;

import io.pgjobq.PgJobqException;

/** The database can't be reached at start, and has to be. */
@SuppressWarnings("serial")
final class DatabaseUnreachableException extends PgJobqException {

    DatabaseUnreachableException(Throwable cause) {
        super("pgjobq can't reach its database: " + ConnectionFailure.describe(cause), cause);
    }
}
