package io.pgjobq.properties;

import io.pgjobq.PgJobqException;

/** A property has a value that makes no sense. */
@SuppressWarnings("serial")
public class InvalidPropertyException extends PgJobqException {

    private final String action;

    /**
     * Says which property, its value and the rule in {@code message}, and the way out in {@code action}.
     */
    public InvalidPropertyException(String message, String action) {
        super(message);
        this.action = action;
    }

    /** Like the other one, with a cause. */
    public InvalidPropertyException(String message, String action, Throwable cause) {
        super(message, cause);
        this.action = action;
    }

    /** Returns what to do about it. */
    public String action() {
        return action;
    }
}
