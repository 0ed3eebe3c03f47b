package io.pgjobq.internal.store;

import java.time.Instant;

/**
 * A job that was completed in its handler's transaction.
 *
 * @param awaited whether somebody waits for its end
 * @param at when
 */
public record TransactionalEnd(boolean awaited, Instant at) {}
