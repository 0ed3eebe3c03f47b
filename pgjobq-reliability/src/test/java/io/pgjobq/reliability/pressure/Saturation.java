package io.pgjobq.reliability.pressure;

import io.pgjobq.SentJob;
import io.pgjobq.reliability.harness.Load;
import io.pgjobq.reliability.worker.Task;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a queue from running empty, without letting it grow: some batches are always on their way, and when the last job of
 * one has ended, the next is sent. So workers do as much as they can, and what they can do is what is measured.
 */
final class Saturation implements AutoCloseable {

    private static final int BATCH = 500;
    private static final int LANES = 8;
    private static final int SENDERS = 2;

    private final Load load;
    private final String queue;
    private final ExecutorService senders = Executors.newFixedThreadPool(SENDERS);
    private final List<CompletableFuture<Void>> lanes;
    private volatile boolean stopping;

    private Saturation(Load load, String queue) {
        this.load = load;
        this.queue = queue;
        this.lanes = java.util.stream.Stream.generate(CompletableFuture<Void>::new)
                .limit(LANES)
                .toList();
    }

    /** Starts sending jobs that do nothing. */
    static Saturation of(Load load, String queue) {
        Saturation saturation = new Saturation(load, queue);
        saturation.lanes.forEach(lane -> saturation.next(lane, null));
        return saturation;
    }

    private void next(CompletableFuture<Void> lane, @Nullable Throwable failure) {
        if (failure != null) {
            lane.completeExceptionally(failure);
        } else if (stopping) {
            lane.complete(null);
        } else {
            CompletableFuture.supplyAsync(this::send, senders)
                    .thenCompose(last -> last.completion(Duration.ofMinutes(1)))
                    .whenComplete((outcome, problem) -> next(lane, problem));
        }
    }

    private SentJob<Void> send() {
        List<SentJob<Void>> batch = load.send(queue, 5, Task.of(Duration.ZERO), BATCH);
        return batch.get(BATCH - 1);
    }

    /** Sends no more, and waits until what was sent has ended; fails if sending or a job failed. */
    void stop() throws ExecutionException, InterruptedException, TimeoutException {
        stopping = true;
        CompletableFuture.allOf(lanes.toArray(CompletableFuture[]::new)).get(90, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        stopping = true;
        senders.shutdownNow();
    }
}
