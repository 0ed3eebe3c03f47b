package io.pgjobq.internal.store;

import io.pgjobq.Unique;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What holds for jobs besides their place in the line.
 *
 * @param unique how long their keys are taken, and what happens if they are, {@code null} if they have none
 * @param expiresInMillis in what time their deadline is over, {@code null} if they have none, or an instant
 * @param expiresAt when it is over, {@code null} if they have none, or a time
 */
public record Rules(
        @Nullable Unique unique,
        @Nullable Long expiresInMillis,
        @Nullable Instant expiresAt) {}
