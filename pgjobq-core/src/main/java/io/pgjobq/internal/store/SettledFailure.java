package io.pgjobq.internal.store;

import java.time.Instant;

/**
 * An attempt without success that was recorded.
 *
 * @param id the job's id
 * @param ended whether the job is over
 * @param awaited whether somebody waits for its end
 * @param at when
 */
public record SettledFailure(long id, boolean ended, boolean awaited, Instant at) {}
