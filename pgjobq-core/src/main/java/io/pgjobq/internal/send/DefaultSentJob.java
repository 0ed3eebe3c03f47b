package io.pgjobq.internal.send;

import io.pgjobq.JobOutcome;
import io.pgjobq.JobProgress;
import io.pgjobq.SentJob;
import io.pgjobq.internal.completion.Completions;
import io.pgjobq.internal.completion.ResultType;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A job that was stored, perhaps in a transaction that is still open. Thread-safe.
 *
 * @param marked whether it was stored as one that somebody waits for
 * @param resultType that of R
 */
record DefaultSentJob<R>(
        long id, Fate fate, String queue, boolean marked, ResultType resultType, Commit commit, Completions completions)
        implements SentJob<R> {

    @Override
    public CompletableFuture<JobOutcome<R>> completion() {
        return completion(completions.defaultTimeout());
    }

    @Override
    public CompletableFuture<JobOutcome<R>> completion(Duration timeout) {
        return completions.completionOfSent(id, resultType, timeout, null, marked, commit.transaction());
    }

    @Override
    public CompletableFuture<JobOutcome<R>> completion(Duration timeout, Consumer<? super JobProgress> progress) {
        return completions.completionOfSent(id, resultType, timeout, progress, marked, commit.transaction());
    }

    @Override
    public String toString() {
        return "queue '" + queue + "' job " + id;
    }
}
