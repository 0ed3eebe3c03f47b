package io.pgjobq;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What an attempt fails with that ran longer than its time limit, whatever its handler threw or returned after that.
 *
 * <p>What it threw is the cause, if it threw anything.
 */
@SuppressWarnings("serial")
public class TimeLimitExceededException extends PgJobqException {

    public TimeLimitExceededException(Duration limit, @Nullable Throwable cause) {
        super("ran longer than its time limit of " + limit, cause);
    }
}
