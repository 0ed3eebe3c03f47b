package io.pgjobq;

/** A job can't be sent because the caller's transaction, or its database, is read-only. Nothing was stored. */
@SuppressWarnings("serial")
public class ReadOnlyTransactionException extends PgJobqException {

    public ReadOnlyTransactionException(String message) {
        super(message);
    }
}
