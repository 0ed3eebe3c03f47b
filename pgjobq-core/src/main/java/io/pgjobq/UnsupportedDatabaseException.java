package io.pgjobq;

/** The database is not one that pgjobq works on. */
@SuppressWarnings("serial")
public class UnsupportedDatabaseException extends PgJobqException {

    public UnsupportedDatabaseException(String message) {
        super(message);
    }
}
