package io.pgjobq;

import org.jspecify.annotations.Nullable;

/** Knows the queues that will be declared, so that a sender which is earlier than the declaration finds them. Thread-safe. */
@FunctionalInterface
public interface QueueDeclarations {

    /** Returns the options of a queue that will be declared, {@code null} if it will not be. */
    @Nullable
    QueueOptions optionsOf(String queue);
}
