package io.pgjobq;

/** There is no queue of that name. */
@SuppressWarnings("serial")
public class UnknownQueueException extends PgJobqException {

    private final String queue;

    public UnknownQueueException(String queue) {
        super("queue '" + queue
                + "' does not exist; declare a @JobHandler for it (of a @Bean method, in the class that it "
                + "returns), add it under pgjobq.queues, or call JobQueues.create");
        this.queue = queue;
    }

    /** Returns the name that was asked for. */
    public String queue() {
        return queue;
    }
}
