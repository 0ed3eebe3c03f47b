package io.pgjobq.internal.store;

import java.time.Instant;

/**
 * Jobs of a batch that were to be completed in their handler's transaction.
 *
 * @param held the ids of those that this node held still; they have ended if none of the others was lost
 * @param awaited those of them that somebody waits for
 * @param at when
 */
public record TransactionalEnds(long[] held, long[] awaited, Instant at) {}
