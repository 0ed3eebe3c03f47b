package io.pgjobq.internal.schema;

import io.pgjobq.PgJobqException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The database can be reached, but lets nobody create or upgrade the schema who comes as the {@code DataSource} does. */
@SuppressWarnings("serial")
public class MigrationRefusedException extends PgJobqException {

    private static final String INSUFFICIENT_PRIVILEGE = "42501";
    private static final String READ_ONLY = "25006";

    private MigrationRefusedException(String schema, String wayOut, SQLException refusal, Throwable cause) {
        super("schema '" + schema + "' can't be migrated: " + refusal.getMessage() + "; " + wayOut, cause);
    }

    /** Returns {@code null} if the migration failed for another reason. */
    static @Nullable MigrationRefusedException in(String schema, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException refusal && refusal.getSQLState() != null) {
                String wayOut = wayOut(refusal.getSQLState());
                return wayOut == null ? null : new MigrationRefusedException(schema, wayOut, refusal, failure);
            }
        }
        return null;
    }

    private static @Nullable String wayOut(String state) {
        return switch (state) {
            case INSUFFICIENT_PRIVILEGE -> "migrate as a role that may, and start without the migration";
            case READ_ONLY -> "let the DataSource lead to a server that takes writes";
            default -> null;
        };
    }
}
