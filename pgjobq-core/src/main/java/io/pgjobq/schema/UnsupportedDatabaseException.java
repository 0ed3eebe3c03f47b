package io.pgjobq.schema;

import io.pgjobq.PgJobqException;

/** The database is not PostgreSQL, or too old. */
@SuppressWarnings("serial")
public class UnsupportedDatabaseException extends PgJobqException {

    public UnsupportedDatabaseException(String message) {
        super(message);
    }
}
