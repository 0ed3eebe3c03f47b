package io.pgjobq.internal.store;

import org.jspecify.annotations.Nullable;

/**
 * What a handler has reported of its job.
 *
 * @param job the job, as the node holds it
 * @param done how much is done
 * @param total how much there is to do in all
 * @param message what it said of that, as it can be stored; {@code null} if nothing
 */
public record ReportedProgress(
        ClaimedJob job, long done, long total, @Nullable String message) {}
