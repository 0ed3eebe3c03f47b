package io.pgjobq.internal.completion;

import io.pgjobq.JobOutcome;
import io.pgjobq.JobProgress;
import io.pgjobq.PayloadConverter;
import io.pgjobq.internal.store.FinishedJobStore;
import io.pgjobq.internal.store.ProgressStore;
import io.pgjobq.internal.store.StoredOutcome;
import io.pgjobq.internal.store.StoredProgress;
import io.pgjobq.internal.support.Background;
import io.pgjobq.internal.support.DaemonThreads;
import io.pgjobq.internal.support.Guarded;
import io.pgjobq.internal.support.Listening;
import io.pgjobq.internal.support.Log;
import io.pgjobq.internal.support.Outage;
import io.pgjobq.internal.support.Timer;
import io.pgjobq.internal.support.TimerThread;
import io.pgjobq.internal.support.Vitals;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.dao.PermissionDeniedDataAccessException;

/**
 * Everybody in this process who waits for jobs. A job is marked as waited for before it is looked up, so that its end can't
 * slip through; then notifications tell of ends, the settler tells of those in this process, and now and then, and after a
 * lost connection, all are looked up again. One thread asks for as many jobs at once as there are. Futures are completed on
 * threads of their own, so that what callers chained to them holds up nobody. Thread-safe.
 */
public final class CompletionTracker implements Completions, AutoCloseable {

    private static final int MOST_AT_ONCE = 2_000;

    private static final Duration LONGEST_TIMEOUT = Duration.ofDays(365);

    /** How long a job that was sent to be waited for has to end before it is looked up: most ends are told of by then. */
    private static final Duration GRACE = Duration.ofMillis(10);

    private static final Logger LOG = Log.of(CompletionTracker.class);

    private final Ends ends;
    private final PayloadConverter converter;
    private final Duration defaultTimeout;
    private final Outage outage;
    private final Background background;
    private final Guarded<WaitingList> waiting;
    private final CallbackThreads callbacks;
    private final ProgressWatch progress;
    private final Timer timer;
    private final LookAround lookAround;

    public CompletionTracker(
            FinishedJobStore store,
            ProgressStore progressed,
            PayloadConverter converter,
            Duration defaultTimeout,
            Duration pollInterval,
            Listening listening,
            Vitals vitals,
            LongSupplier nanoTime) {
        this(
                Ends.of(store, progressed),
                converter,
                defaultTimeout,
                pollInterval,
                listening,
                vitals,
                new CallbackThreads(new DaemonThreads("pgjobq-completion-")),
                new TimerThread("pgjobq-timeout-"),
                nanoTime);
    }

    CompletionTracker(
            Ends ends,
            PayloadConverter converter,
            Duration defaultTimeout,
            Duration pollInterval,
            Listening listening,
            Vitals vitals,
            CallbackThreads callbacks,
            Timer timer,
            LongSupplier nanoTime) {
        this.ends = ends;
        this.converter = converter;
        this.defaultTimeout = defaultTimeout;
        this.outage = new Outage(LOG, "waiting for jobs", vitals);
        this.background = new Background("pgjobq-completions", vitals);
        this.waiting = background.guard(new WaitingList(MOST_AT_ONCE));
        this.callbacks = callbacks;
        this.progress = new ProgressWatch(ends, background, callbacks, MOST_AT_ONCE, this::waitersOf);
        this.timer = timer;
        this.lookAround = new LookAround(listening, pollInterval, nanoTime);
    }

    @Override
    public Duration defaultTimeout() {
        return defaultTimeout;
    }

    @Override
    public <R> CompletableFuture<JobOutcome<R>> completion(long id, Class<R> resultType) {
        return completion(id, resultType, defaultTimeout);
    }

    @Override
    public <R> CompletableFuture<JobOutcome<R>> completion(
            long id, ParameterizedTypeReference<R> resultType, Duration timeout) {
        return completionOfSent(id, typeOf(id, resultType), timeout, null, false, null);
    }

    @Override
    public <R> CompletableFuture<JobOutcome<R>> completion(
            long id,
            ParameterizedTypeReference<R> resultType,
            Duration timeout,
            Consumer<? super JobProgress> listener) {
        return completionOfSent(id, typeOf(id, resultType), timeout, listener, false, null);
    }

    @Override
    public <R> CompletableFuture<JobOutcome<R>> completionOfSent(
            long id,
            ResultType resultType,
            Duration timeout,
            @Nullable Consumer<? super JobProgress> listener,
            boolean marked,
            @Nullable SendingTransaction transaction) {
        check(id, timeout);
        Waiter<R> waiter = new Waiter<>(
                id,
                resultType,
                transaction == null ? new CompletableFuture<>() : new TransactionFuture<>(id, transaction),
                listener == null ? null : new ProgressEvents(id, listener, callbacks));
        try {
            if (transaction == null) {
                waiting.change(list -> {
                    begin(waiter, timeout);
                    follow(waiter, marked);
                });
            } else {
                begin(waiter, timeout);
                var unused = transaction.committed().thenAccept(exists -> transactionEnded(waiter, marked, exists));
            }
        } catch (RuntimeException | Error ex) {
            waiter.failed(ex);
            throw ex;
        }
        return waiter.future();
    }

    private static ResultType typeOf(long id, ParameterizedTypeReference<?> resultType) {
        return ResultType.of("job " + id, resultType.getType());
    }

    private static void check(long id, Duration timeout) {
        if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
            throw new IllegalArgumentException("job " + id + ": the time-out must be positive and at most "
                    + LONGEST_TIMEOUT.toDays() + " days, but is " + timeout);
        }
    }

    /** Lets the time run from now on. */
    private void begin(Waiter<?> waiter, Duration timeout) {
        var unused = waiter.future().whenComplete((outcome, failure) -> forget(waiter));
        waiting.change(list -> {
            if (list.isClosed()) {
                waiter.failed(inVain(waiter.id()));
            } else {
                list.add(waiter);
                after(timeout, waiter, () -> complete(waiter, late -> late.timedOut(timeout)));
            }
        });
    }

    private void after(Duration time, Waiter<?> waiter, Runnable action) {
        Timer.Alarm alarm = timer.after(time, action);
        var unused = waiter.future().whenComplete((outcome, failure) -> alarm.cancel());
    }

    /** The transaction has ended, and this is its thread, on which nothing of a caller's may run. */
    private void transactionEnded(Waiter<?> waiter, boolean marked, boolean exists) {
        try {
            if (exists) {
                follow(waiter, marked);
            } else {
                complete(waiter, Waiter::rolledBack);
            }
        } catch (RuntimeException | Error ex) {
            complete(waiter, in -> in.failed(ex));
        }
    }

    /** The job can be found from now on. */
    private void follow(Waiter<?> waiter, boolean marked) {
        waiting.change(list -> {
            if (!list.follow(waiter)) {
                return;
            }
            if (marked) {
                after(GRACE, waiter, () -> endedElsewhere(List.of(waiter.id())));
            } else {
                list.ask(List.of(waiter.id()));
            }
            background.start(this::step);
        });
    }

    private void complete(Waiter<?> waiter, Consumer<Waiter<?>> completion) {
        callbacks.execute(() -> completion.accept(waiter));
    }

    private static IllegalStateException inVain(long id) {
        return new IllegalStateException("job " + id + ": can't be waited for, since pgjobq has been closed");
    }

    /** Jobs have ended in this process. */
    public void ended(List<StoredOutcome> outcomes) {
        try {
            // A death that is told late may be over: whoever redrove the job waits for its next end.
            endedElsewhere(outcomes.stream()
                    .filter(outcome -> !isFinal(outcome))
                    .map(StoredOutcome::id)
                    .toList());
            outcomes.stream().filter(CompletionTracker::isFinal).forEach(this::resolve);
        } catch (RuntimeException | Error ex) {
            // Whoever records outcomes must go on; the thread that looks up tries until it succeeds.
            LOG.debug("waiting for jobs: looking up what could not be told", ex);
            endedElsewhere(outcomes.stream().map(StoredOutcome::id).toList());
        }
    }

    /** Jobs have ended somewhere. */
    public void endedElsewhere(Collection<Long> ids) {
        waiting.change(list -> list.ask(ids));
    }

    /** The progress of jobs was written in this process. */
    public void progressed(List<StoredProgress> written) {
        progress.progressed(written);
    }

    /** The progress of jobs was written somewhere. */
    public void progressedElsewhere(Collection<Long> ids) {
        progress.ask(ids);
    }

    /** Notifications may have been missed. */
    public void lookEverywhere() {
        waiting.change(WaitingList::askForAll);
    }

    /** Lets all who wait know that they wait in vain, and ends the threads. */
    @Override
    public void close() {
        List<Waiter<?>> left = waiting.read(WaitingList::close);
        timer.close();
        try {
            background.stop();
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
        left.forEach(waiter -> complete(waiter, in -> in.failed(inVain(in.id()))));
        callbacks.close();
    }

    private static boolean isFinal(StoredOutcome outcome) {
        return "succeeded".equals(outcome.state());
    }

    private void resolve(StoredOutcome outcome) {
        completeAll(outcome.id(), waiter -> waiter.ended(outcome, converter));
    }

    private void completeAll(long id, Consumer<Waiter<?>> completion) {
        waitersOf(id).forEach(waiter -> complete(waiter, completion));
    }

    private List<Waiter<?>> waitersOf(long id) {
        return waiting.read(list -> list.of(id));
    }

    private void forget(Waiter<?> waiter) {
        waiter.close();
        waiting.change(list -> {
            if (list.remove(waiter)) {
                progress.forget(waiter.id());
            }
        });
    }

    private boolean step() throws InterruptedException {
        if (!awaitWork()) {
            return false;
        }
        try {
            lookUp(waiting.read(WaitingList::take));
            waiting.change(WaitingList::done);
            progress.lookUp();
            outage.recovered();
        } catch (RuntimeException | Error ex) {
            background.rest(outage.failed(ex));
        }
        return true;
    }

    private void lookUp(long[] ids) {
        if (ids.length == 0) {
            return;
        }
        try {
            Set<Long> open = new HashSet<>(ends.await(ids));
            progress.ask(open);
            long[] rest = Arrays.stream(ids).filter(id -> !open.contains(id)).toArray();
            if (rest.length > 0) {
                ends.outcomes(rest).forEach(this::found);
            }
        } catch (PermissionDeniedDataAccessException ex) {
            Arrays.stream(ids).forEach(id -> completeAll(id, waiter -> waiter.denied(ex)));
        }
    }

    private void found(StoredOutcome outcome) {
        if (outcome.live()) {
            // Redriven between the two looks: it is to be waited for after all.
            endedElsewhere(List.of(outcome.id()));
        } else if (outcome.state() == null) {
            completeAll(outcome.id(), Waiter::unknown);
        } else {
            resolve(outcome);
        }
    }

    /** Waits for jobs to look up; returns whether to go on. */
    private boolean awaitWork() throws InterruptedException {
        if (waiting.read(WaitingList::isEmpty)) {
            waiting.await(list -> !list.isEmpty());
            lookAround.done();
        }
        // However much there is to look up: what nobody has told of is looked for in time.
        if (waiting.await(list -> list.isAsked() || progress.isAsked(), lookAround.dueIn())
                || lookAround.dueIn().isZero()) {
            lookAround.done();
            lookEverywhere();
        }
        return !background.isStopping();
    }
}
