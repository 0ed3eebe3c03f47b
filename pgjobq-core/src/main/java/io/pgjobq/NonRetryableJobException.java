package io.pgjobq;

/** Thrown by a handler to say that trying again would not help: the job is dead at once, whatever attempts it has left. */
@SuppressWarnings("serial")
public class NonRetryableJobException extends PgJobqException {

    public NonRetryableJobException(String message) {
        super(message);
    }

    public NonRetryableJobException(String message, Throwable cause) {
        super(message, cause);
    }
}
