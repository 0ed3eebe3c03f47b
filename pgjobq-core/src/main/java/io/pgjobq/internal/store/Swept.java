package io.pgjobq.internal.store;

import org.jspecify.annotations.Nullable;

/**
 * What came of a look at some rows that jobs may have left behind.
 *
 * @param any whether there was any row, needed or not
 * @param next where to go on, {@code null} if those were all
 * @param <P> a place among the rows
 */
public record Swept<P>(boolean any, @Nullable P next) {}
