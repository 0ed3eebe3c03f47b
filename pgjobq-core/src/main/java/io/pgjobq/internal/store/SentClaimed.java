package io.pgjobq.internal.store;

import java.time.Instant;

/**
 * A job that was stored for a place.
 *
 * @param id its id, which is its seq as well
 * @param claimed whether the node holds it, rather than that it waits for its turn
 * @param sentAt when it was sent
 */
public record SentClaimed(long id, boolean claimed, Instant sentAt) {}
