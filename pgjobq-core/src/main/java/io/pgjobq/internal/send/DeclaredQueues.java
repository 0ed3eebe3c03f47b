package io.pgjobq.internal.send;

/** The queues that the application declares, and that are therefore to exist. */
@FunctionalInterface
public interface DeclaredQueues {

    /** Creates the queue if the application declares it, in a transaction of its own; returns whether it does. */
    boolean create(String queue);
}
