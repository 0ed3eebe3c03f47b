package io.pgjobq.internal.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How jobs are to be stored.
 *
 * @param queue the queue's name
 * @param priority the lane
 * @param delayMillis how long they wait, {@code null} if not
 * @param at when they are due, {@code null} for at once or after the delay
 * @param attributes the attributes as JSON, {@code null} if none
 * @param awaited whether somebody waits for their end
 */
public record NewJob(
        String queue,
        int priority,
        @Nullable Long delayMillis,
        @Nullable Instant at,
        @Nullable String attributes,
        boolean awaited) {

    /** Returns whether they are to be ready as soon as they are stored. */
    public boolean ready() {
        return at == null && (delayMillis == null || delayMillis == 0);
    }
}
