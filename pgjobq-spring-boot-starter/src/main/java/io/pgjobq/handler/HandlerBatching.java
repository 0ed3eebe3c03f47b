package io.pgjobq.handler;

import io.pgjobq.Handler.Batching;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Reads how many jobs a handler takes at once. */
final class HandlerBatching {

    private HandlerBatching() {}

    /** Returns {@code null} if it takes one. */
    static @Nullable Batching of(JobHandlerMethod method, UnaryOperator<String> resolve) {
        if (!method.takesBatches()) {
            return null;
        }
        if (method.method().getReturnType() != void.class) {
            throw new InvalidJobHandlerException(
                    method.fullDescription()
                            + " takes many jobs at once, so that what it returns is the result of none.",
                    "Let it return void; a job of the batch that fails is failed by BatchJob.fail.");
        }
        try {
            String wait = resolve.apply(method.annotation().batchWait()).trim();
            return new Batching(method.annotation().batchSize(), AnnotatedDuration.of("batchWait", wait));
        } catch (IllegalArgumentException ex) {
            throw new InvalidJobHandlerException(
                    method.fullDescription() + " can't be called with batches so: " + ex.getMessage() + ".",
                    "Correct batchSize and batchWait of its @JobHandler annotation.",
                    ex);
        }
    }
}
