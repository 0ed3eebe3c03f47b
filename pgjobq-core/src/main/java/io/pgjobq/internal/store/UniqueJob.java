package io.pgjobq.internal.store;

import io.pgjobq.SentJob;
import org.jspecify.annotations.Nullable;

/**
 * What became of a job that was to have a key.
 *
 * @param id its id, or that of the job that has its key
 * @param fate what became of it
 * @param dueInMillis when it is due, {@code null} if it is ready
 * @param queue the queue's number
 */
public record UniqueJob(
        long id, SentJob.Fate fate, @Nullable Long dueInMillis, int queue) {}
