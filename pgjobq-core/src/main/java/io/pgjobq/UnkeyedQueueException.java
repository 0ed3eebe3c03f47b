package io.pgjobq;

/** A job was sent with a key to a queue where keys say nothing. Nothing was stored. */
@SuppressWarnings("serial")
public class UnkeyedQueueException extends PgJobqException {

    private final String queue;

    public UnkeyedQueueException(String queue) {
        super("queue '" + queue + "': a job can't have a key there, since the queue has never had order-per-key or "
                + "limits.concurrency-per-key; set one of them under pgjobq.queues." + queue
                + ", or by JobQueues.limit");
        this.queue = queue;
    }

    /** Returns the queue's name. */
    public String queue() {
        return queue;
    }
}
