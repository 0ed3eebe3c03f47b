package io.pgjobq.internal.store;

import io.pgjobq.JobProgress;

/** How far a job is, as the table says. */
public record StoredProgress(long job, JobProgress progress) {}
