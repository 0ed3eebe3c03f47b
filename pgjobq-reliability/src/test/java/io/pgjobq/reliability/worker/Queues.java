package io.pgjobq.reliability.worker;

/** The queues of the application. */
public final class Queues {

    /** Handlers that work outside the database and note each start and return. */
    public static final String PLAIN = "plain";

    /** Handlers whose work is in the transaction that completes the job. */
    public static final String TRANSFER = "transfer";

    /** Handlers that note nothing. */
    public static final String BARE = "bare";

    private Queues() {}
}
