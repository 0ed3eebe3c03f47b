package io.pgjobq.handler;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import kotlin.Unit;
import kotlinx.coroutines.CoroutineStart;
import kotlinx.coroutines.Dispatchers;
import kotlinx.coroutines.GlobalScope;
import kotlinx.coroutines.future.FutureKt;
import org.jspecify.annotations.Nullable;

/** Calls suspending functions of Kotlin. Only loaded where coroutines are there. */
final class SuspendingCall {

    /** The function, with whom to tell that it has ended. */
    interface Call {

        @Nullable
        Object with(Object continuation) throws Throwable;
    }

    private SuspendingCall() {}

    /** Calls it on this thread, up to where it first suspends; the stage is what it comes to, and cancels it. */
    static CompletionStage<@Nullable Object> start(Call call) {
        CompletableFuture<Object> work = FutureKt.future(
                GlobalScope.INSTANCE,
                Dispatchers.getDefault(),
                CoroutineStart.UNDISPATCHED,
                (scope, continuation) -> called(call, continuation));
        CompletionStage<@Nullable Object> result = work.thenApply(value -> value == Unit.INSTANCE ? null : value);
        result.whenComplete((value, failure) -> {
            if (failure instanceof CancellationException) {
                work.cancel(false);
            }
        });
        return result;
    }

    private static @Nullable Object called(Call call, Object continuation) {
        try {
            return call.with(continuation);
        } catch (Throwable thrown) {
            throw SuspendingCall.<RuntimeException>unchanged(thrown);
        }
    }

    /** Kotlin knows no checked exceptions. */
    @SuppressWarnings("unchecked")
    private static <T extends Throwable> T unchanged(Throwable thrown) throws T {
        throw (T) thrown;
    }
}
