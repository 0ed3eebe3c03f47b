package io.pgjobq.internal.send;

import io.pgjobq.JobOutcome;
import io.pgjobq.SentJob;
import io.pgjobq.internal.completion.Completions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A job that was stored, perhaps in a transaction that is still open. Thread-safe.
 *
 * @param marked whether it was stored as one that somebody waits for
 */
record DefaultSentJob<R>(
        long id, Fate fate, String queue, boolean marked, Class<R> resultType, Commit commit, Completions completions)
        implements SentJob<R> {

    @Override
    public CompletableFuture<JobOutcome<R>> completion() {
        return completion(completions.defaultTimeout());
    }

    @Override
    public CompletableFuture<JobOutcome<R>> completion(Duration timeout) {
        return completions.completionOfSent(id, resultType, timeout, marked, commit.transaction());
    }

    @Override
    public String toString() {
        return "queue '" + queue + "' job " + id;
    }
}
