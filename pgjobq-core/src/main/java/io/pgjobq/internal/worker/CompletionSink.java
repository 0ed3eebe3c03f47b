package io.pgjobq.internal.worker;

import io.pgjobq.internal.store.Completion;
import io.pgjobq.internal.store.Settlement.Succeeded;

/** Is told of jobs that their handlers' transactions have completed. Must not block. */
@FunctionalInterface
public interface CompletionSink {

    /** The handler's transaction has committed, and with it the completion. */
    void completed(Succeeded succeeded, Completion completion);
}
