package io.pgjobq.internal.store;

import java.time.Instant;

/**
 * A failed attempt that was recorded.
 *
 * @param id the job's id
 * @param dead whether the job is dead now
 * @param awaited whether somebody waits for its end
 * @param at when
 */
public record SettledFailure(long id, boolean dead, boolean awaited, Instant at) {}
