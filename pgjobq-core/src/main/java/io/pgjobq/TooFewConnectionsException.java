package io.pgjobq;

/** The {@code DataSource} gave the migration one connection, but not the second that it needs at the same time. */
@SuppressWarnings("serial")
public class TooFewConnectionsException extends PgJobqException {

    public TooFewConnectionsException(String schema, Throwable cause) {
        super(
                "pgjobq migrates schema '" + schema
                        + "' with two connections at once, but the DataSource gave only one: " + cause.getMessage(),
                cause);
    }
}
