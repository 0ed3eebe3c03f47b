package io.pgjobq.internal.send;

import io.pgjobq.internal.completion.SendingTransaction;
import org.jspecify.annotations.Nullable;

/** Whether jobs have been committed. */
interface Commit {

    /** They were committed when they were sent. */
    Commit DONE = () -> null;

    /** Returns the transaction that decides it, {@code null} if they are already. */
    @Nullable
    SendingTransaction transaction();
}
