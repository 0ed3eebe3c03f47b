package io.pgjobq.internal.completion;

import java.util.concurrent.CompletionStage;

/** The transaction that sent a job, which may still be open. Thread-safe. */
public interface SendingTransaction {

    /** Returns whether it is still open and only the calling thread can end it. */
    boolean isOpenHere();

    /** Says when it ends whether the job exists; what depends on it runs on the thread that ends it. */
    CompletionStage<Boolean> committed();
}
