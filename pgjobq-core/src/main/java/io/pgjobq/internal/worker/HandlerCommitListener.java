package io.pgjobq.internal.worker;

import io.pgjobq.internal.store.Settlement.Succeeded;
import io.pgjobq.internal.store.TransactionalEnd;

/** Is told of jobs that their handlers' transactions have completed. Must not block. */
@FunctionalInterface
public interface HandlerCommitListener {

    /** The handler's transaction has committed, and with it the completion. */
    void completed(Succeeded succeeded, TransactionalEnd completion);
}
