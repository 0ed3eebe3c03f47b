package io.pgjobq.internal.store;

import io.pgjobq.JobError;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a job's end.
 *
 * @param id the job's id
 * @param state how it ended, {@code null} if it has not, or nothing is known of it
 * @param attempts how many attempts were made
 * @param startedAt when the last one started, {@code null} if none did
 * @param finishedAt when it ended, {@code null} if it has not
 * @param result what the handler returned, {@code null} if nothing
 * @param error the last error, {@code null} if none
 * @param live whether the job is there and has not ended
 */
public record StoredOutcome(
        long id,
        @Nullable String state,
        int attempts,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        byte @Nullable [] result,
        @Nullable JobError error,
        boolean live) {}
