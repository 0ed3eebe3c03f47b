package io.pgjobq.internal.worker;

import io.pgjobq.Handler;
import io.pgjobq.NonRetryableJobException;
import io.pgjobq.PayloadConversionException;
import io.pgjobq.PayloadConverter;
import io.pgjobq.internal.event.JobEvents;
import io.pgjobq.internal.store.ClaimedJob;
import io.pgjobq.internal.store.Settlement.AlreadySettled;
import io.pgjobq.internal.store.Settlement.Released;
import io.pgjobq.internal.store.Settlement.Succeeded;
import io.pgjobq.internal.store.TransactionalEnd;
import io.pgjobq.internal.support.Log;
import io.pgjobq.internal.worker.AttemptEnds.JobLostException;
import io.pgjobq.internal.worker.AttemptEnds.NotBegunException;
import java.lang.reflect.Type;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.springframework.transaction.support.TransactionOperations;

/** Runs attempts: reads the payload, calls the handler, and settles what it came to. Nothing that happens there escapes. */
final class JobRunner {

    private static final Logger LOG = Log.of(JobRunner.class);

    private final Handlers handlers;
    private final PayloadConverter converter;
    private final HandlerResults results;
    private final WorkerStore store;
    private final Executor threads;
    private final BeginBackOff backOff;
    private final JobEvents events;
    private final AttemptEnds ends;
    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    /**
     * @param threads where the ends of handlers' work are settled that goes on after the call
     */
    JobRunner(
            Handlers handlers,
            PayloadConverter converter,
            WorkerStore store,
            Executor threads,
            BeginBackOff backOff,
            JobEvents events,
            AttemptEnds ends) {
        this.handlers = handlers;
        this.converter = converter;
        this.results = new HandlerResults(converter);
        this.store = store;
        this.threads = threads;
        this.backOff = backOff;
        this.events = events;
        this.ends = ends;
    }

    /**
     * Runs an attempt.
     *
     * @param whenOver is run on one of the threads as soon as the handler's work has ended, if it goes on after the call
     * @return whether it is over
     */
    boolean run(JobRun run, Runnable whenOver) {
        LeftOnThread thread = null;
        Unfinished unfinished = null;
        try {
            thread = LeftOnThread.before();
            run.begin();
            unfinished = attempt(run);
        } catch (Throwable thrown) {
            ends.ended(run, thrown);
        }
        run.end();
        if (thread != null) {
            thread.takeAway(run);
        }
        return unfinished == null || isOver(run, unfinished, whenOver);
    }

    private boolean isOver(JobRun run, Unfinished work, Runnable whenOver) {
        try {
            Awaited awaited =
                    new Awaited(threads, (value, failure) -> finish(run, work.handler(), value, failure), whenOver);
            run.await(work.stage());
            return awaited.isOver(work.stage());
        } catch (Throwable thrown) {
            ends.ended(run, thrown);
            return true;
        }
    }

    private void finish(JobRun run, Handler handler, @Nullable Object value, @Nullable Throwable failure) {
        try {
            if (failure != null) {
                throw failure;
            }
            succeed(run, handler, value);
        } catch (Throwable thrown) {
            ends.ended(run, thrown);
        }
    }

    private void succeed(JobRun run, Handler handler, @Nullable Object value) {
        byte[] result = results.bytes(handler, value);
        ends.succeeded(run, new Succeeded(run.job(), AttemptEnds.micros(run), result));
    }

    /** The handler has called {@code System.exit}, and the process ends of it: that is its failure. */
    void exited(JobRun run) {
        ends.failed(run, new IllegalStateException("the handler called System.exit, which stopped its node"));
    }

    /** Returns what the handler goes on with, {@code null} if the attempt has ended. */
    private @Nullable Unfinished attempt(JobRun run) throws Throwable {
        ClaimedJob job = run.job();
        if (run.isLost()) {
            run.settle(new AlreadySettled(job));
            return null;
        }
        Handler handler = run.mayBeLost() ? null : handlers.find(job.type());
        if (handler == null) {
            run.settle(new Released(job));
            return null;
        }
        Object payload = payload(handler, job, bytes(handler, run));
        TransactionOperations transaction = handler.transaction();
        if (transaction != null) {
            attemptIn(transaction, handler, payload, run);
            return null;
        }
        backOff.begun(handler);
        events.started(run);
        Object value = handler.invocation().invoke(payload, run);
        if (value instanceof CompletionStage<?> stage) {
            return new Unfinished(handler, stage);
        }
        succeed(run, handler, value);
        return null;
    }

    private byte[] bytes(Handler handler, JobRun run) {
        byte[] bytes = run.job().payload();
        if (bytes != null) {
            return bytes;
        }
        try {
            bytes = store.payload(run.id());
        } catch (RuntimeException ex) {
            if (lacksMemory(ex)) {
                // It will not fit the next time either.
                throw ex;
            }
            throw new NotBegunException(handler, "the payload could not be read", ex);
        }
        if (bytes == null) {
            throw new JobLostException(run.toString());
        }
        return bytes;
    }

    private static boolean lacksMemory(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof OutOfMemoryError || cause != null && lacksMemory(cause);
    }

    private @Nullable Object payload(Handler handler, ClaimedJob job, byte[] bytes) {
        Type type = Handlers.payloadType(handler, job.type());
        if (type == byte[].class) {
            return bytes;
        }
        try {
            return converter.read(bytes, type);
        } catch (PayloadConversionException ex) {
            throw ex;
        } catch (RuntimeException ex) {
            throw new PayloadConversionException("the payload can't be read as " + type.getTypeName(), ex);
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

    private void attemptIn(TransactionOperations transaction, Handler handler, @Nullable Object payload, JobRun run)
            throws Throwable {
        Joint joint = new Joint();
        try {
            transaction.executeWithoutResult(status -> {
                joint.begun = true;
                backOff.begun(handler);
                events.started(run);
                try {
                    joint.result = results.bytes(handler, invoke(handler, payload, run));
                } catch (Throwable thrown) {
                    throw new HandlerFailed(thrown);
                }
                if (status.isRollbackOnly()) {
                    throw new HandlerFailed(new IllegalStateException(
                            handler.description() + " marked its transaction to be rolled back"));
                }
                joint.micros = AttemptEnds.micros(run);
                if (store.canComplete()) {
                    joint.completion = complete(run, joint);
                }
            });
        } catch (HandlerFailed failed) {
            throw failed.thrown;
        } catch (RuntimeException ex) {
            throw joint.begun ? ex : new NotBegunException(handler, "no transaction could be begun", ex);
        }
        Succeeded succeeded = new Succeeded(run.job(), joint.micros, joint.result);
        if (joint.completion == null) {
            warnOnce(handler);
            ends.succeeded(run, succeeded);
        } else {
            ends.completed(run, succeeded, joint.completion);
        }
    }

    private TransactionalEnd complete(JobRun run, Joint joint) {
        TransactionalEnd completion = store.complete(run.job(), joint.micros, joint.result);
        if (completion == null) {
            throw new JobLostException(run.toString());
        }
        return completion;
    }

    private void warnOnce(Handler handler) {
        if (warned.add(handler.description())) {
            LOG.warn(
                    "{} is transactional, but not on the DataSource of the queue: its jobs are completed after its"
                            + " transaction, and may run again after a crash",
                    handler.description());
        }
    }

    /** What a handler goes on with after the call. */
    private record Unfinished(Handler handler, CompletionStage<?> stage) {}

    /** What passes from inside the transaction to the outside. Used by one thread. */
    private static final class Joint {

        private boolean begun;
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
