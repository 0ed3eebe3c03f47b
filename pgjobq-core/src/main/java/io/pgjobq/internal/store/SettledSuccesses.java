package io.pgjobq.internal.store;

import java.time.Instant;

/**
 * What became of a batch of successes.
 *
 * @param settled the ids of the jobs that were ended
 * @param awaited those of them that somebody waits for
 * @param at when
 * @param removedClaims the emptied claims that are gone
 */
public record SettledSuccesses(long[] settled, long[] awaited, Instant at, long[] removedClaims) {}
