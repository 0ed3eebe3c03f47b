package io.pgjobq.migration;

import io.pgjobq.internal.support.LogText;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/**
 * Why there is no connection to the database, and what helps against it.
 *
 * @param failure the innermost one that tells: a pool's own says only that none came in time
 */
record ConnectionFailure(SQLException failure) {

    private static final String CONNECTION_EXCEPTION_CLASS = "08";
    private static final String CONNECTION_REJECTED = "08004";
    private static final String PROTOCOL_VIOLATION = "08P01";
    private static final String CANNOT_CONNECT_NOW = "57P03";
    private static final String TOO_MANY_CONNECTIONS = "53300";
    private static final String INVALID_AUTHORIZATION_CLASS = "28";
    private static final String NO_SUCH_DATABASE = "3D000";

    /** Returns {@code null} if something else has failed. */
    static @Nullable ConnectionFailure in(Throwable failure) {
        ConnectionFailure found = null;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sqlException) {
                ConnectionFailure candidate = new ConnectionFailure(sqlException);
                found = candidate.mayPass() || candidate.isRefusal() ? candidate : found;
            }
        }
        return found;
    }

    /** Returns whether waiting may help. */
    boolean mayPass() {
        return isPoolsOwn()
                || state().startsWith(CONNECTION_EXCEPTION_CLASS)
                || state().equals(CANNOT_CONNECT_NOW)
                || state().equals(TOO_MANY_CONNECTIONS);
    }

    private boolean isRefusal() {
        return state().startsWith(INVALID_AUTHORIZATION_CLASS) || state().equals(NO_SUCH_DATABASE);
    }

    private boolean isPoolsOwn() {
        return failure instanceof SQLTransientConnectionException;
    }

    private String state() {
        return String.valueOf(failure.getSQLState());
    }

    /** Returns what the driver or the server says, which names the address, and what the driver does not repeat. */
    String reason() {
        String said = String.valueOf(failure.getMessage());
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        boolean isToldAlready = cause == failure || said.contains(String.valueOf(cause.getMessage()));
        return LogText.masked(isToldAlready ? said : said + " (" + cause + ")");
    }

    /** Returns the way out. */
    String action() {
        return mayPass()
                ? remedy() + " To start without it and wait in the background set pgjobq.database-required=false."
                : remedy();
    }

    private String remedy() {
        if (isPoolsOwn()) {
            return "If the pool has connections and all are in use, raise spring.datasource.hikari.maximum-pool-size or "
                    + "find out who keeps them; if it has none, start the database or correct spring.datasource.url.";
        }
        if (state().startsWith(INVALID_AUTHORIZATION_CLASS)) {
            return "Correct spring.datasource.username and spring.datasource.password, or let the server admit them "
                    + "(pg_hba.conf).";
        }
        return switch (state()) {
            case NO_SUCH_DATABASE -> "Create the database, or correct its name in spring.datasource.url.";
            case TOO_MANY_CONNECTIONS ->
                "Make the pools smaller that use this server (spring.datasource.hikari.maximum-pool-size), or raise its "
                        + "max_connections or the limit of the role or database.";
            case CANNOT_CONNECT_NOW -> "Start again when the server accepts connections.";
            case CONNECTION_REJECTED, PROTOCOL_VIOLATION ->
                "Something answers, but does not let the driver in as it asks: correct spring.datasource.url, username and "
                        + "password.";
            default -> "Start the database or correct spring.datasource.url.";
        };
    }
}
