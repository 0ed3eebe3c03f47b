package io.pgjobq.handler;

import io.pgjobq.PgJobqException;

/** A {@code @JobHandler} method can't be what it says it is. */
@SuppressWarnings("serial")
public class InvalidJobHandlerException extends PgJobqException {

    private final String action;

    /** Says which method and what is wrong with it in {@code message}, and the way out in {@code action}. */
    public InvalidJobHandlerException(String message, String action) {
        super(message);
        this.action = action;
    }

    /** Like the other one, with a cause. */
    public InvalidJobHandlerException(String message, String action, Throwable cause) {
        super(message, cause);
        this.action = action;
    }

    /** Returns what to do about it. */
    public String action() {
        return action;
    }
}
