package io.pgjobq;

/** A job did not end within the time that the caller was ready to wait. The job itself is not affected. */
@SuppressWarnings("serial")
public class CompletionTimeoutException extends PgJobqException {

    public CompletionTimeoutException(String message) {
        super(message);
    }
}
