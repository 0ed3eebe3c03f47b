package io.pgjobq;

/** Nothing is known of a job: it was never committed, or what was kept of it is gone. */
@SuppressWarnings("serial")
public class UnknownJobException extends PgJobqException {

    private final long id;

    public UnknownJobException(long id, String reason) {
        super("job " + id + ": " + reason);
        this.id = id;
    }

    /** Returns the id that was asked for. */
    public long id() {
        return id;
    }
}
