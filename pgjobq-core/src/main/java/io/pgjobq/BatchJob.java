package io.pgjobq;

import org.jspecify.annotations.Nullable;

/**
 * One of the jobs with which a handler is called at once. Valid until the handler returns, from any thread.
 *
 * @param <T> the type of the payloads
 */
public interface BatchJob<T extends @Nullable Object> {

    /** Returns the converted payload, {@code null} if it is a JSON null. */
    T payload();

    /** Returns what the handler may ask about this job. */
    JobContext context();

    /**
     * Fails this job apart from the rest. Whatever becomes of the rest, the job is then tried again, put off or dead, as if its
     * handler had been called with it alone and had thrown this. It is no part of what the transaction of a batch completes; what
     * the handler writes for it is nevertheless committed with the rest. Only the first failure of a job counts.
     *
     * @param failure such as {@link NonRetryableJobException}, {@link SnoozeException} or any other
     */
    void fail(Throwable failure);
}
