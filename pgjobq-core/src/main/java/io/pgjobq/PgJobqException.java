package io.pgjobq;

import org.jspecify.annotations.Nullable;

/** The root of what pgjobq throws. */
@SuppressWarnings("serial")
public class PgJobqException extends RuntimeException {

    public PgJobqException(@Nullable String message) {
        super(message);
    }

    public PgJobqException(@Nullable String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
