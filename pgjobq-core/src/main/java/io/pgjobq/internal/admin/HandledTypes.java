package io.pgjobq.internal.admin;

import org.jspecify.annotations.Nullable;

/** What this node has handlers for. Thread-safe. */
public interface HandledTypes {

    /** Returns the types of a queue's jobs that are run here, as a claim asks for them: none if it has no handler, {@code null} for all. */
    @Nullable
    String @Nullable [] of(String queue);
}
