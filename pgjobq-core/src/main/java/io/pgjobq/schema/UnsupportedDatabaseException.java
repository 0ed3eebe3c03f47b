package io.pgjobq.schema;

import io.pgjobq.PgJobqException;

/** The database is not one that pgjobq works on. */
@SuppressWarnings("serial")
public class UnsupportedDatabaseException extends PgJobqException {

    public UnsupportedDatabaseException(String message) {
        super(message);
    }
}
