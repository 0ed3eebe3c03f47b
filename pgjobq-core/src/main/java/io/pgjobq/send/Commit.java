package io.pgjobq.send;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Whether jobs have been committed. */
interface Commit {

    /** They were committed when they were sent. */
    Commit DONE = () -> null;

    /** Returns a future of whether they were committed, {@code null} if they are already. */
    @Nullable
    CompletableFuture<Boolean> awaited();
}
