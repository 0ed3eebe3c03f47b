package io.pgjobq;

import org.jspecify.annotations.Nullable;

/** Thrown by a handler to say that trying again would not help: the job is dead at once, whatever attempts it has left. */
@SuppressWarnings("serial")
public class NonRetryableJobException extends PgJobqException {

    public NonRetryableJobException(@Nullable String message) {
        super(message);
    }

    public NonRetryableJobException(@Nullable String message, Throwable cause) {
        super(message, cause);
    }
}
