package io.pgjobq;

import org.jspecify.annotations.Nullable;

/**
 * Is called around each call of a handler on this node, in the thread and in the transaction that the handler has. A bean of
 * this type is used by the starter; several are called in their order, the first one outermost. Thread-safe.
 *
 * <p>What it returns is the job's result, and what it throws fails the attempt: a transaction is rolled back, and the job is
 * tried again as if the handler had thrown it. It can't change when a job is recorded, nor how often it is tried.
 *
 * <p>A handler of batches is called once for all jobs of a batch, and so are the interceptors around it.
 */
@FunctionalInterface
public interface JobInterceptor {

    /**
     * Calls the handler, or what comes before it, by {@link JobInvocation#proceed()}.
     *
     * @return the job's result, mostly what {@code proceed} returned; for a handler whose work goes on after the call, that
     *     is the {@code CompletionStage} that ends with it
     * @throws Throwable whatever the handler throws, or this: the attempt has failed
     */
    @Nullable
    Object intercept(JobInvocation invocation) throws Throwable;
}
