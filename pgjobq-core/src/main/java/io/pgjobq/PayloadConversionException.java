package io.pgjobq;

/** A payload or a result can't be written or read. Trying again would not help, so a job that meets it is dead at once. */
@SuppressWarnings("serial")
public class PayloadConversionException extends PgJobqException {

    public PayloadConversionException(String message, Throwable cause) {
        super(message, cause);
    }

    public PayloadConversionException(String message) {
        super(message);
    }
}
