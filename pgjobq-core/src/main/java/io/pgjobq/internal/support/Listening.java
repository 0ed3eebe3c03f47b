package io.pgjobq.internal.support;

/** Whether this node is told of what happens elsewhere, or has to look now and then. Thread-safe. */
@FunctionalInterface
public interface Listening {

    /** For a node that only polls. */
    Listening NEVER = () -> false;

    /** Returns whether notifications arrive at the moment. */
    boolean isListening();
}
