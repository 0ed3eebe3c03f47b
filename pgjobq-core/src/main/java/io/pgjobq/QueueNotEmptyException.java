package io.pgjobq;

/** A queue can't be deleted because it has jobs. */
@SuppressWarnings("serial")
public class QueueNotEmptyException extends PgJobqException {

    public QueueNotEmptyException(String message) {
        super(message);
    }
}
