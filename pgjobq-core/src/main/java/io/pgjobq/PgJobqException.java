package io.pgjobq;

/** The root of what pgjobq throws. */
@SuppressWarnings("serial")
public class PgJobqException extends RuntimeException {

    public PgJobqException(String message) {
        super(message);
    }

    public PgJobqException(String message, Throwable cause) {
        super(message, cause);
    }
}
