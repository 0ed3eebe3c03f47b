package io.pgjobq;

/** A job was refused, as another one of its queue has its key. Nothing of that call was stored. */
@SuppressWarnings("serial")
public class DuplicateJobException extends PgJobqException {

    private final long id;

    public DuplicateJobException(String queue, String key, long id) {
        super("queue '" + queue + "': job " + id + " has the key '" + key + "'");
        this.id = id;
    }

    /** Returns the id of the job that is there. */
    public long id() {
        return id;
    }
}
