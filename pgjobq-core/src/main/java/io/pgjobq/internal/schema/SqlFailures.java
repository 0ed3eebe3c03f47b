package io.pgjobq.internal.schema;

import java.sql.SQLException;
import java.util.Set;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.PermissionDeniedDataAccessException;
import org.springframework.dao.UncategorizedDataAccessException;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;
import org.springframework.jdbc.support.SQLExceptionTranslator;

/** Turns what the driver throws into Spring's exceptions, in words that may be logged. */
public final class SqlFailures {

    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    /** A prepared statement is there already, or is not there: this session prepared it for somebody else, or not at all. */
    private static final Set<String> PREPARED_ELSEWHERE = Set.of("42P05", "26000");

    private static final SQLExceptionTranslator TRANSLATOR = new SQLExceptionSubclassTranslator();

    private SqlFailures() {}

    /** Returns an exception that says what failed, without the data that the server refused. */
    public static DataAccessException translate(SQLException failure) {
        SQLException ex = withoutData(failure);
        if (INSUFFICIENT_PRIVILEGE.equals(ex.getSQLState())) {
            return new PermissionDeniedDataAccessException(
                    "pgjobq: the database's role lacks a right that this needs (" + ex.getMessage()
                            + "); grant it one of the roles of docs/roles.sql",
                    ex);
        }
        if (ex.getSQLState() != null && PREPARED_ELSEWHERE.contains(ex.getSQLState())) {
            return new Untranslated(
                    "a pooler behind the DataSource keeps no prepared statements; add prepareThreshold=0 to its JDBC URL",
                    ex);
        }
        DataAccessException translated = TRANSLATOR.translate("pgjobq", null, ex);
        return translated != null ? translated : new Untranslated(String.valueOf(ex.getMessage()), ex);
    }

    /** The details of refused data repeat the row, and with it the beginning of the payload. */
    private static SQLException withoutData(SQLException failure) {
        String state = failure.getSQLState();
        ServerErrorMessage server = failure instanceof PSQLException postgres ? postgres.getServerErrorMessage() : null;
        if (server == null || state == null || !(state.startsWith("22") || state.startsWith("23"))) {
            return failure;
        }
        SQLException plain = new SQLException(server.getSeverity() + ": " + server.getMessage(), state);
        plain.setStackTrace(failure.getStackTrace());
        return plain;
    }

    @SuppressWarnings("serial")
    private static final class Untranslated extends UncategorizedDataAccessException {

        Untranslated(String message, SQLException cause) {
            super("pgjobq: " + message, cause);
        }
    }
}
