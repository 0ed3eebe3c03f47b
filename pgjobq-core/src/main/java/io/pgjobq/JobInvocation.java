package io.pgjobq;

import org.jspecify.annotations.Nullable;

/** The call of a handler, as a {@link JobInterceptor} sees it. Valid until the interceptor returns, in its thread. */
public interface JobInvocation {

    /** Returns what the handler may ask about the job; for a batch, about its first. */
    JobContext context();

    /**
     * Returns the converted payload, {@code null} if it is a JSON null; for a batch, the list of its {@link BatchJob}s, each with its
     * payload and its context.
     */
    @Nullable
    Object payload();

    /** Returns how messages name the handler, such as {@code Emails.send(WelcomeEmail, JobContext)}. */
    String handler();

    /**
     * Calls the next interceptor, or the handler after the last one.
     *
     * @return what that returned
     * @throws IllegalStateException if it is called twice, or after the interceptor has returned
     * @throws Throwable whatever the handler throws
     */
    @Nullable
    Object proceed() throws Throwable;
}
