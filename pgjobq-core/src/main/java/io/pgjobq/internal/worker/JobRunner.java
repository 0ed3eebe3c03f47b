package io.pgjobq.internal.worker;

import io.pgjobq.ContainerOptions;
import io.pgjobq.Handler;
import io.pgjobq.PayloadConverter;
import io.pgjobq.QueueOptions;
import io.pgjobq.internal.event.JobEvents;
import io.pgjobq.internal.store.Settlement.Succeeded;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionOperations;

/** Runs attempts: reads the payload, calls the handler, and settles what it came to. Nothing that happens there escapes. */
final class JobRunner {

    private final Admission admission;
    private final BatchRunner batches;
    private final PayloadReader payloads;
    private final HandlerResults results;
    private final TransactionalAttempts transactions;
    private final Executor threads;
    private final BeginBackOff backOff;
    private final TimeLimits limits;
    private final JobEvents events;
    private final AttemptEnds ends;

    /**
     * @param threads where the ends of handlers' work are settled that goes on after the call
     */
    JobRunner(
            Handlers handlers,
            PayloadConverter converter,
            WorkerStore store,
            Executor threads,
            BeginBackOff backOff,
            TimeLimits limits,
            JobEvents events,
            AttemptEnds ends) {
        this.admission = new Admission(handlers, ends);
        this.payloads = new PayloadReader(handlers, converter, store);
        this.results = new HandlerResults(converter);
        this.transactions = new TransactionalAttempts(store, results, backOff, limits, events, ends);
        this.threads = threads;
        this.backOff = backOff;
        this.limits = limits;
        this.events = events;
        this.ends = ends;
        this.batches = new BatchRunner(
                admission,
                payloads,
                new TransactionalBatches(store, transactions, ends),
                backOff,
                limits,
                events,
                ends);
    }

    /** Returns one for the jobs of a queue. */
    static JobRunner of(
            Handlers handlers,
            QueueOptions queueOptions,
            ContainerOptions options,
            WorkerServices services,
            BeginBackOff backOff) {
        AttemptEnds ends = new AttemptEnds(
                handlers,
                new Verdicts(handlers, queueOptions.maxAttempts(), options.retry()),
                services.ends(),
                services.events(),
                services.upkeep(),
                backOff);
        return new JobRunner(
                handlers,
                services.converter(),
                services.store(),
                services.threads(),
                backOff,
                new TimeLimits(options.timeLimit(), services.timer(), ends, services.threads()),
                services.events(),
                ends);
    }

    /**
     * Runs an attempt, or all of its batch.
     *
     * @param whenOver is run on one of the threads as soon as the handler's work has ended, if it goes on after the call
     * @return whether it is over
     */
    boolean run(JobRun run, Runnable whenOver) {
        JobBatch batch = run.batch();
        if (batch != null) {
            batches.run(batch);
            return true;
        }
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
        Handler handler = admission.admit(run);
        if (handler == null) {
            return null;
        }
        Object payload = payloads.read(handler, run);
        TransactionOperations transaction = handler.transaction();
        if (transaction != null) {
            transactions.run(transaction, handler, payload, run);
            return null;
        }
        backOff.begun(handler);
        limits.watch(run, handler);
        events.started(run);
        Object value = handler.invocation().invoke(payload, run);
        if (value instanceof CompletionStage<?> stage) {
            return new Unfinished(handler, stage);
        }
        succeed(run, handler, value);
        return null;
    }

    /** What a handler goes on with after the call. */
    private record Unfinished(Handler handler, CompletionStage<?> stage) {}
}
