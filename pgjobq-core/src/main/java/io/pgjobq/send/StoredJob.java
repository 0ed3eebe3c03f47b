package io.pgjobq.send;

import io.pgjobq.JobOutcome;
import io.pgjobq.SentJob;
import io.pgjobq.UnknownJobException;
import io.pgjobq.completion.CompletionTracker;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A job that was stored, perhaps in a transaction that is still open. Thread-safe. */
record StoredJob<R>(long id, String queue, Class<R> resultType, Commit commit, CompletionTracker completions)
        implements SentJob<R> {

    @Override
    public CompletableFuture<JobOutcome<R>> completion() {
        return completion(completions.defaultTimeout());
    }

    @Override
    public CompletableFuture<JobOutcome<R>> completion(Duration timeout) {
        CompletableFuture<Boolean> committed = commit.awaited();
        if (committed == null) {
            return completions.completion(id, resultType, timeout);
        }
        return committed.thenCompose(exists -> exists
                ? completions.completion(id, resultType, timeout)
                : CompletableFuture.failedFuture(new UnknownJobException(
                        id, "it does not exist, since the transaction that sent it was rolled back")));
    }

    @Override
    public String toString() {
        return "queue '" + queue + "' job " + id;
    }
}
