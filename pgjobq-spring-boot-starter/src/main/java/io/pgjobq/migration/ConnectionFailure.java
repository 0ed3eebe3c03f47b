package io.pgjobq.migration;

import io.pgjobq.internal.support.LogText;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/** Tells a database that can't be reached now from everything else that can go wrong. */
final class ConnectionFailure {

    private static final String CONNECTION_EXCEPTION_CLASS = "08";
    private static final String CANNOT_CONNECT_NOW = "57P03";
    private static final String TOO_MANY_CONNECTIONS = "53300";

    private ConnectionFailure() {}

    static boolean isCauseOf(Throwable failure) {
        return find(failure) != null;
    }

    /** Returns the innermost message, which names the address. */
    static String describe(Throwable failure) {
        SQLException found = find(failure);
        return LogText.masked(String.valueOf((found == null ? failure : found).getMessage()));
    }

    private static @Nullable SQLException find(Throwable failure) {
        SQLException found = null;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sqlException && isOne(sqlException)) {
                found = sqlException;
            }
        }
        return found;
    }

    private static boolean isOne(SQLException exception) {
        String state = exception.getSQLState();
        return exception instanceof SQLTransientConnectionException
                || state != null
                        && (state.startsWith(CONNECTION_EXCEPTION_CLASS)
                                || state.equals(CANNOT_CONNECT_NOW)
                                || state.equals(TOO_MANY_CONNECTIONS));
    }
}
