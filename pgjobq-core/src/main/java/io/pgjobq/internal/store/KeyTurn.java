package io.pgjobq.internal.store;

/**
 * With which others a job takes turns.
 *
 * @param line the number of the line in which they stand
 * @param key the key
 */
public record KeyTurn(long line, String key) {}
