package io.pgjobq.internal.worker;

import io.pgjobq.Handler;
import io.pgjobq.NonRetryableJobException;
import io.pgjobq.internal.event.JobEvents;
import io.pgjobq.internal.store.Settlement.Succeeded;
import io.pgjobq.internal.store.TransactionalEnd;
import io.pgjobq.internal.support.Log;
import io.pgjobq.internal.worker.AttemptEnds.JobLostException;
import io.pgjobq.internal.worker.AttemptEnds.NotBegunException;
import io.pgjobq.internal.worker.AttemptEnds.TooLateException;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.springframework.transaction.support.TransactionOperations;

/** Runs handlers in a transaction that also completes their jobs, if it is on the queue's DataSource. Thread-safe. */
final class TransactionalAttempts {

    private static final Logger LOG = Log.of(TransactionalAttempts.class);

    private final WorkerStore store;
    private final HandlerResults results;
    private final BeginBackOff backOff;
    private final TimeLimits limits;
    private final JobEvents events;
    private final AttemptEnds ends;
    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    TransactionalAttempts(
            WorkerStore store,
            HandlerResults results,
            BeginBackOff backOff,
            TimeLimits limits,
            JobEvents events,
            AttemptEnds ends) {
        this.store = store;
        this.results = results;
        this.backOff = backOff;
        this.limits = limits;
        this.events = events;
        this.ends = ends;
    }

    /**
     * Runs an attempt in a transaction, and settles it if its handler returns.
     *
     * @throws NotBegunException if no transaction could be begun
     * @throws JobLostException if the job was taken away meanwhile: the transaction was rolled back
     */
    void run(TransactionOperations transaction, Handler handler, @Nullable Object payload, JobRun run)
            throws Throwable {
        Joint joint = new Joint();
        within(
                transaction,
                handler,
                () -> {
                    if (run.expires()) {
                        throw new TooLateException();
                    }
                    backOff.begun(handler);
                    limits.watch(run, handler);
                    events.started(run);
                    joint.result = results.bytes(handler, invoke(handler, payload, run));
                },
                () -> {
                    if (run.isTooLate()) {
                        throw new TooLateException();
                    }
                    joint.micros = AttemptEnds.micros(run);
                    if (store.canComplete()) {
                        joint.completion = complete(run, joint);
                    }
                });
        Succeeded succeeded = new Succeeded(run.job(), joint.micros, joint.result);
        if (joint.completion == null) {
            warnOnce(handler);
            ends.succeeded(run, succeeded);
        } else {
            ends.completed(run, succeeded, joint.completion);
        }
    }

    /** The call of a handler. */
    interface Call {

        void run() throws Throwable;
    }

    /**
     * Calls a handler in a transaction, and does something more there if it returns; whatever either throws rolls back.
     *
     * @throws NotBegunException if no transaction could be begun
     * @throws Throwable what one of them throws, or the commit
     */
    static void within(TransactionOperations transaction, Handler handler, Call call, Runnable completion)
            throws Throwable {
        AtomicBoolean begun = new AtomicBoolean();
        try {
            transaction.executeWithoutResult(status -> {
                begun.set(true);
                try {
                    call.run();
                } catch (Throwable thrown) {
                    throw new HandlerFailed(thrown);
                }
                if (status.isRollbackOnly()) {
                    throw new IllegalStateException(
                            handler.description() + " marked its transaction to be rolled back");
                }
                completion.run();
            });
        } catch (HandlerFailed failed) {
            throw failed.thrown;
        } catch (RuntimeException ex) {
            throw begun.get() ? ex : new NotBegunException(handler, "no transaction could be begun", ex);
        }
    }

    private static @Nullable Object invoke(Handler handler, @Nullable Object payload, JobRun run) throws Throwable {
        Object value = handler.invocation().invoke(payload, run);
        if (value instanceof CompletionStage<?>) {
            throw new NonRetryableJobException(handler.description()
                    + " returned a CompletionStage in its transaction, which would be committed before its work is done;"
                    + " return the value itself, or take the transaction away");
        }
        return value;
    }

    private TransactionalEnd complete(JobRun run, Joint joint) {
        TransactionalEnd completion = store.complete(run.job(), joint.micros, joint.result);
        if (completion == null) {
            throw new JobLostException(run.toString());
        }
        return completion;
    }

    /** The handler's jobs were not completed in its transaction. */
    void warnOnce(Handler handler) {
        if (warned.add(handler.description())) {
            LOG.warn(
                    "{} is transactional, but not on the DataSource of the queue: its jobs are completed after its"
                            + " transaction, and may run again after a crash",
                    handler.description());
        }
    }

    /** What passes from inside the transaction to the outside. Used by one thread. */
    private static final class Joint {

        private byte @Nullable [] result;
        private long micros;
        private @Nullable TransactionalEnd completion;
    }

    /** Carries what the handler threw through the transaction, which it rolls back. */
    @SuppressWarnings("serial")
    private static final class HandlerFailed extends RuntimeException {

        private final Throwable thrown;

        HandlerFailed(Throwable thrown) {
            super(null, thrown, false, false);
            this.thrown = thrown;
        }
    }
}
