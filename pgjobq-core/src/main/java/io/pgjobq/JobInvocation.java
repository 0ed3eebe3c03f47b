package io.pgjobq;

import org.jspecify.annotations.Nullable;

/** The call of a handler, as a {@link JobInterceptor} sees it. Valid until the interceptor returns, in its thread. */
public interface JobInvocation {

    /** Returns what the handler may ask about the job. */
    JobContext context();

    /** Returns the converted payload, {@code null} if it is a JSON null. */
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
