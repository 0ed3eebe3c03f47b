package io.pgjobq;

import org.jspecify.annotations.Nullable;

/**
 * What an attempt fails with that ran when its job's deadline was over, whatever its handler threw or returned after that. The job is
 * dead then. What the handler threw is the cause, if it threw anything.
 */
@SuppressWarnings("serial")
public class DeadlineExceededException extends PgJobqException {

    public DeadlineExceededException(@Nullable Throwable cause) {
        super("still ran when its job's deadline was over", cause);
    }
}
