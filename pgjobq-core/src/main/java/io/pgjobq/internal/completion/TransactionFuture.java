package io.pgjobq.internal.completion;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A future of a job whose transaction may still be open, and of what is chained to it. The thread that has to end the
 * transaction would wait for itself, with a connection and locks in its hands, so it is refused the value that is not there.
 */
final class TransactionFuture<T> extends CompletableFuture<T> {

    private final long id;
    private final SendingTransaction transaction;

    TransactionFuture(long id, SendingTransaction transaction) {
        this.id = id;
        this.transaction = transaction;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new TransactionFuture<>(id, transaction);
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        refuseInVain();
        return super.get();
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        refuseInVain();
        return super.get(timeout, unit);
    }

    @Override
    public T join() {
        refuseInVain();
        return super.join();
    }

    private void refuseInVain() {
        if (!isDone() && transaction.isOpenHere()) {
            throw new IllegalStateException(
                    "job " + id + ": can't be waited for inside the transaction that sent it, since it"
                            + " exists only after the commit; wait after that, or send it in a transaction of its own"
                            + " (REQUIRES_NEW)");
        }
    }
}
