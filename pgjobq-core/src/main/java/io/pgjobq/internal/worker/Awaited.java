package io.pgjobq.internal.worker;

import io.pgjobq.internal.support.Log;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Waits for a handler's work without a thread. Whoever calls {@link #isOver} and the stage's end meet once: who comes second
 * goes on. Thread-safe.
 */
final class Awaited {

    private static final Logger LOG = Log.of(Awaited.class);

    private static final Runnable LEFT = () -> {};
    private static final Runnable OVER = () -> {};

    private final Executor threads;
    private final BiConsumer<@Nullable Object, @Nullable Throwable> end;
    private final Runnable whenOver;
    private final AtomicReference<@Nullable Runnable> state = new AtomicReference<>();

    /**
     * @param threads where the attempt ends and the next job runs, since the stage's own thread is not ours to block
     * @param end is told the value or the failure
     * @param whenOver is run after {@code end}, unless {@link #isOver} says that the caller has to go on
     */
    Awaited(Executor threads, BiConsumer<@Nullable Object, @Nullable Throwable> end, Runnable whenOver) {
        this.threads = threads;
        this.end = end;
        this.whenOver = whenOver;
    }

    /** Returns whether the stage has ended already, and {@code end} was told. */
    boolean isOver(CompletionStage<?> stage) {
        stage.whenComplete(this::ended);
        if (state.compareAndSet(null, LEFT)) {
            return false;
        }
        Runnable early = state.get();
        if (early != null) {
            early.run();
        }
        return true;
    }

    private void ended(@Nullable Object value, @Nullable Throwable failure) {
        Runnable told = () -> end.accept(value, failure == null ? null : cause(failure));
        if (state.compareAndSet(null, told) || !state.compareAndSet(LEFT, OVER)) {
            return;
        }
        Runnable work = () -> {
            try {
                told.run();
            } finally {
                whenOver.run();
            }
        };
        try {
            threads.execute(work);
        } catch (RuntimeException | OutOfMemoryError ex) {
            // No thread is to be had, or the node has stopped: a job that is not settled would be worse than a thread
            // held up.
            work.run();
        }
    }

    /** Makes the work of an attempt end, if it can be cancelled. */
    static void cancel(CompletionStage<?> stage, JobRun run) {
        try {
            stage.toCompletableFuture().cancel(true);
        } catch (RuntimeException ex) {
            LOG.debug("{}: its work can't be cancelled", run, ex);
        }
    }

    /** Dependent stages wrap what the first failed with. */
    private static Throwable cause(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause(cause) : failure;
    }
}
