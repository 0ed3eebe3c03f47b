package io.pgjobq.completion;

import io.pgjobq.JobCompletions;
import io.pgjobq.JobOutcome;
import io.pgjobq.PayloadConverter;
import io.pgjobq.store.FinishedJobStore;
import io.pgjobq.store.StoredOutcome;
import io.pgjobq.support.Background;
import io.pgjobq.support.Outage;
import io.pgjobq.support.Vitals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.PermissionDeniedDataAccessException;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Everybody in this process who waits for jobs. A job is marked as waited for before it is looked up, so that its end can't
 * slip through; then notifications tell of ends, the settler tells of those in this process, and now and then, and after a
 * lost connection, all are looked up again. One thread asks for as many jobs at once as there are. Thread-safe.
 */
public final class CompletionTracker implements JobCompletions, AutoCloseable {

    private static final int MOST_AT_ONCE = 2_000;

    /** How long a job that was sent to be waited for has to end before it is looked up: most ends are told of by then. */
    private static final Duration GRACE = Duration.ofMillis(10);

    /** How often everything is looked up while notifications arrive. */
    private static final Duration RARELY = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(CompletionTracker.class);

    private final FinishedJobStore store;
    private final PayloadConverter converter;
    private final Duration defaultTimeout;
    private final Duration pollInterval;
    private final BooleanSupplier listening;
    private final Outage outage;
    private final Background background;

    /** Guarded by the background's lock, as are the next three. */
    private final Map<Long, List<Waiter<?>>> waiters = new HashMap<>();

    private final Set<Long> toLookUp = new LinkedHashSet<>();
    private @Nullable ScheduledThreadPoolExecutor timeouts;
    private boolean closed;

    /** Completes futures, so that what callers chained to them holds up nobody but each other. */
    private final ThreadPoolExecutor callbacks = new ThreadPoolExecutor(
            4, 4, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), daemons("pgjobq-completion-"));

    public CompletionTracker(
            FinishedJobStore store,
            PayloadConverter converter,
            Duration defaultTimeout,
            Duration pollInterval,
            BooleanSupplier listening,
            Vitals vitals) {
        this.store = store;
        this.converter = converter;
        this.defaultTimeout = defaultTimeout;
        this.pollInterval = pollInterval;
        this.listening = listening;
        this.outage = new Outage(LOG, "waiting for jobs", vitals);
        this.background = new Background("pgjobq-completions", vitals);
        callbacks.allowCoreThreadTimeOut(true);
    }

    private static CustomizableThreadFactory daemons(String prefix) {
        CustomizableThreadFactory factory = new CustomizableThreadFactory(prefix);
        factory.setDaemon(true);
        return factory;
    }

    /** Returns how long is waited where the caller does not say. */
    public Duration defaultTimeout() {
        return defaultTimeout;
    }

    @Override
    public <R> CompletableFuture<JobOutcome<R>> completion(long id, Class<R> resultType) {
        return completion(id, resultType, defaultTimeout);
    }

    @Override
    public <R> CompletableFuture<JobOutcome<R>> completion(long id, Class<R> resultType, Duration timeout) {
        return completion(id, resultType, timeout, Duration.ZERO);
    }

    /**
     * The same for a job that was marked as waited for when it was sent, a moment ago: its end is told of, and looked up only
     * in case that it was told of too early, or that this is long in coming.
     */
    public <R> CompletableFuture<JobOutcome<R>> completionOfMarked(long id, Class<R> resultType, Duration timeout) {
        return completion(id, resultType, timeout, GRACE);
    }

    private <R> CompletableFuture<JobOutcome<R>> completion(
            long id, Class<R> resultType, Duration timeout, Duration grace) {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("job " + id + ": the time-out must be positive, but is " + timeout);
        }
        Waiter<R> waiter = new Waiter<>(id, resultType);
        background.change(() -> {
            if (closed) {
                waiter.failed(inVain(id));
            } else {
                add(waiter, timeout, grace);
            }
        });
        return waiter.future();
    }

    /** Called under the lock. */
    private void add(Waiter<?> waiter, Duration timeout, Duration grace) {
        waiters.computeIfAbsent(waiter.id(), key -> new ArrayList<>(1)).add(waiter);
        List<ScheduledFuture<?>> later = new ArrayList<>(2);
        if (grace.isZero()) {
            toLookUp.add(waiter.id());
        } else {
            later.add(after(grace, () -> endedElsewhere(List.of(waiter.id()))));
        }
        later.add(after(timeout, () -> callbacks.execute(() -> waiter.timedOut(timeout))));
        var unused = waiter.future().whenComplete((outcome, failure) -> {
            later.forEach(future -> future.cancel(false));
            forget(waiter);
        });
        background.start(this::step);
    }

    /** Called under the lock. */
    private ScheduledFuture<?> after(Duration time, Runnable action) {
        return timeouts().schedule(action, time.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static IllegalStateException inVain(long id) {
        return new IllegalStateException("job " + id + ": can't be waited for, since pgjobq has been closed");
    }

    /** Jobs have ended in this process. */
    public void ended(List<StoredOutcome> outcomes) {
        outcomes.forEach(this::resolve);
    }

    /** Jobs have ended somewhere. */
    public void endedElsewhere(Collection<Long> ids) {
        background.change(() -> ids.stream().filter(waiters::containsKey).forEach(toLookUp::add));
    }

    /** Notifications may have been missed. */
    public void lookEverywhere() {
        background.change(() -> toLookUp.addAll(waiters.keySet()));
    }

    /** Lets all who wait know that they wait in vain, and ends the threads. */
    @Override
    public void close() {
        List<Waiter<?>> left = background.read(() -> {
            closed = true;
            if (timeouts != null) {
                timeouts.shutdownNow();
            }
            return waiters.values().stream().flatMap(List::stream).toList();
        });
        try {
            background.stop();
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
        left.forEach(waiter -> waiter.failed(inVain(waiter.id())));
        callbacks.shutdown();
    }

    private void resolve(StoredOutcome outcome) {
        for (Waiter<?> waiter : waitersOf(outcome.id())) {
            callbacks.execute(() -> waiter.ended(outcome, converter));
        }
    }

    private List<Waiter<?>> waitersOf(long id) {
        return background.read(() -> List.copyOf(waiters.getOrDefault(id, List.of())));
    }

    private void forget(Waiter<?> waiter) {
        background.change(() -> {
            List<Waiter<?>> others = waiters.get(waiter.id());
            if (others != null && others.remove(waiter) && others.isEmpty()) {
                waiters.remove(waiter.id());
                toLookUp.remove(waiter.id());
            }
        });
    }

    private ScheduledThreadPoolExecutor timeouts() {
        if (timeouts == null) {
            timeouts = new ScheduledThreadPoolExecutor(1, daemons("pgjobq-timeout-"));
            timeouts.setRemoveOnCancelPolicy(true);
        }
        return timeouts;
    }

    private boolean step() throws InterruptedException {
        if (!awaitWork()) {
            return false;
        }
        long[] ids = take();
        try {
            lookUp(ids);
            outage.recovered();
        } catch (PermissionDeniedDataAccessException ex) {
            Arrays.stream(ids).forEach(id -> waitersOf(id).forEach(w -> callbacks.execute(() -> w.denied(ex))));
        } catch (RuntimeException | Error ex) {
            putBack(ids);
            background.rest(outage.failed(ex));
        }
        return true;
    }

    private void lookUp(long[] ids) {
        Set<Long> open = new HashSet<>(store.await(ids));
        long[] rest = Arrays.stream(ids).filter(id -> !open.contains(id)).toArray();
        if (rest.length == 0) {
            return;
        }
        for (StoredOutcome outcome : store.outcomes(rest)) {
            if (outcome.live()) {
                // Redriven between the two looks: it is to be waited for after all.
                endedElsewhere(List.of(outcome.id()));
            } else if (outcome.state() == null) {
                waitersOf(outcome.id()).forEach(waiter -> callbacks.execute(waiter::unknown));
            } else {
                resolve(outcome);
            }
        }
    }

    /** Waits for jobs to look up; returns whether to go on. */
    private boolean awaitWork() throws InterruptedException {
        background.await(() -> !waiters.isEmpty());
        Duration pause = listening.getAsBoolean() ? RARELY : pollInterval;
        if (background.await(() -> !toLookUp.isEmpty(), pause)) {
            lookEverywhere();
        }
        return !background.isStopping();
    }

    private long[] take() {
        return background.read(() -> {
            long[] ids = toLookUp.stream()
                    .limit(MOST_AT_ONCE)
                    .mapToLong(Long::longValue)
                    .toArray();
            for (long id : ids) {
                toLookUp.remove(id);
            }
            return ids;
        });
    }

    private void putBack(long[] ids) {
        background.change(() -> Arrays.stream(ids).filter(waiters::containsKey).forEach(toLookUp::add));
    }
}
