package io.pgjobq.internal.store;

import org.jspecify.annotations.Nullable;

/**
 * What the table says that a node holds.
 *
 * @param claim a claim of the node
 * @param seq the place of a job that it holds and that has not ended, {@code null} if the claim holds none
 */
public record HeldJob(long claim, @Nullable Long seq) {}
