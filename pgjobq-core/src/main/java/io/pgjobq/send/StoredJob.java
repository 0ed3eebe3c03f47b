package io.pgjobq.send;

import io.pgjobq.JobOutcome;
import io.pgjobq.SentJob;
import io.pgjobq.UnknownJobException;
import io.pgjobq.completion.CompletionTracker;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A job that was stored, perhaps in a transaction that is still open. Thread-safe.
 *
 * @param marked whether it was stored as one that somebody waits for
 */
record StoredJob<R>(
        long id, String queue, boolean marked, Class<R> resultType, Commit commit, CompletionTracker completions)
        implements SentJob<R> {

    @Override
    public CompletableFuture<JobOutcome<R>> completion() {
        return completion(completions.defaultTimeout());
    }

    @Override
    public CompletableFuture<JobOutcome<R>> completion(Duration timeout) {
        CompletableFuture<Boolean> committed = commit.awaited();
        if (committed == null) {
            return following(timeout);
        }
        CompletableFuture<JobOutcome<R>> result = new CompletableFuture<>();
        var unused = committed.thenAccept(exists -> {
            if (exists) {
                follow(result, following(timeout));
            } else {
                result.completeExceptionally(new UnknownJobException(
                        id, "it does not exist, since the transaction that sent it was rolled back"));
            }
        });
        return result;
    }

    private CompletableFuture<JobOutcome<R>> following(Duration timeout) {
        return marked
                ? completions.completionOfMarked(id, resultType, timeout)
                : completions.completion(id, resultType, timeout);
    }

    /** Passes the end on in one direction, and cancellation in the other. */
    private static <T> void follow(CompletableFuture<T> result, CompletableFuture<T> source) {
        var unusedEnd = source.whenComplete((outcome, failure) -> {
            if (failure == null) {
                result.complete(outcome);
            } else {
                result.completeExceptionally(failure);
            }
        });
        var unusedCancellation = result.whenComplete((outcome, failure) -> source.cancel(false));
    }

    @Override
    public String toString() {
        return "queue '" + queue + "' job " + id;
    }
}
