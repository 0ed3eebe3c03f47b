package io.pgjobq.worker;

import io.pgjobq.WorkerContainer;
import io.pgjobq.store.ClaimRequest;
import io.pgjobq.store.Claimed;
import io.pgjobq.store.ClaimedJob;
import io.pgjobq.store.NodeFencedException;
import io.pgjobq.store.Outage;
import io.pgjobq.store.QueueGoneException;
import io.pgjobq.store.Settlement.Released;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the jobs of one queue. One thread takes jobs whenever there is room; up to {@code concurrency} runners work through
 * what it took, each going on with the next job as long as there is one. Thread-safe.
 */
public final class QueueContainer implements WorkerContainer {

    /** Held jobs that were not started in this time are given back: another node may be free. */
    private static final long HOLD_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** More unrecorded settlements than this, and no more jobs are taken. */
    private static final int SETTLER_BACKLOG = 5_000;

    /** How soon to look whether the settler has caught up, which it tells nobody. */
    private static final long SETTLER_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /** How long interrupted handlers have to end. */
    private static final Duration AFTER_INTERRUPT = Duration.ofMillis(500);

    private static final Logger LOG = LoggerFactory.getLogger(QueueContainer.class);

    private final String queue;
    private final WorkerOptions options;
    private final Handlers handlers;
    private final WorkerServices services;
    private final JobRunner runner;
    private final Outage outage;

    private final ReentrantLock lock = new ReentrantLock();

    /** Something that decides whether to take jobs has changed, or a job has ended. */
    private final Condition changed = lock.newCondition();

    /** Guarded by the lock, as are the next seven. */
    private final Lanes lanes = new Lanes();

    private final Pace pace = new Pace();
    private final Deque<JobRun> held = new ArrayDeque<>();
    private final Set<JobRun> running = new HashSet<>();
    private int runners;
    private @Nullable Thread claimer;

    /** Written under the lock, read by all. */
    private volatile boolean started;

    private volatile boolean paused;

    /** The queue's number, 0 while it is not known. */
    private volatile int queueId;

    public QueueContainer(String queue, List<Handler> handlers, WorkerOptions options, WorkerServices services) {
        this.queue = queue;
        this.options = options;
        this.handlers = new Handlers(queue, handlers);
        this.services = services;
        this.runner =
                new JobRunner(this.handlers, options, services.converter(), services.settlements(), services.ends());
        this.outage = new Outage(LOG, "queue '" + queue + "': taking jobs");
    }

    @Override
    public String queue() {
        return queue;
    }

    /** Returns how the queue's jobs are run. */
    public WorkerOptions options() {
        return options;
    }

    /** Returns the queue's number, 0 while it is not known. */
    public int queueId() {
        return queueId;
    }

    /** Tells the container the number of its queue. */
    public void setQueueId(int id) {
        queueId = id;
        signal(lanes::lookEverywhere);
    }

    /** Returns the types that the container can run, {@code null} if all. */
    public String @Nullable [] types() {
        return handlers.types();
    }

    /** A job of the lane may be there. */
    public void announce(int priority, long seq) {
        signal(() -> lanes.announce(priority, seq));
    }

    /** Anything may be anywhere. */
    public void lookEverywhere() {
        signal(lanes::lookEverywhere);
    }

    /** Nobody needs to look below this seq, where nothing is announced. */
    public void advance(long seq) {
        signal(() -> lanes.advance(seq));
    }

    private void signal(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void start() {
        lock.lock();
        try {
            if (started) {
                return;
            }
            started = true;
            lanes.lookEverywhere();
            // Not a daemon: an application that only works would end otherwise.
            claimer = new Thread(this::takeJobs, "pgjobq-" + queue);
            claimer.start();
            LOG.info("queue '{}': started, {} at once", queue, options.concurrency());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void stop() {
        Thread ending;
        lock.lock();
        try {
            if (!started) {
                return;
            }
            started = false;
            ending = claimer;
            claimer = null;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            if (ending != null) {
                ending.join(TimeUnit.SECONDS.toMillis(5));
            }
            giveBackHeld();
            endRunning();
            services.settler().drain(Duration.ofSeconds(2));
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
        LOG.info("queue '{}': stopped", queue);
    }

    @Override
    public void stop(Runnable callback) {
        Thread stopping = new Thread(
                () -> {
                    try {
                        stop();
                    } finally {
                        callback.run();
                    }
                },
                "pgjobq-stop-" + queue);
        stopping.start();
    }

    @Override
    public void pause() {
        signal(() -> paused = true);
        giveBackHeld();
        LOG.info("queue '{}': paused on this node", queue);
    }

    @Override
    public void resume() {
        signal(() -> {
            paused = false;
            lanes.lookEverywhere();
        });
        LOG.info("queue '{}': resumed on this node", queue);
    }

    @Override
    public boolean isRunning() {
        return started;
    }

    @Override
    public boolean isPaused() {
        return paused;
    }

    @Override
    public int concurrency() {
        return options.concurrency();
    }

    @Override
    public int activeJobs() {
        lock.lock();
        try {
            return running.size();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isAutoStartup() {
        return options.autoStartup();
    }

    @Override
    public int getPhase() {
        return DEFAULT_PHASE - 100;
    }

    // The claimer's thread.

    private void takeJobs() {
        try {
            ClaimRequest request;
            while ((request = nextRequest()) != null) {
                pauseFor(claim(request));
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until jobs are to be taken; {@code null} when it is time to end. */
    private @Nullable ClaimRequest nextRequest() throws InterruptedException {
        while (true) {
            boolean slow;
            lock.lockInterruptibly();
            try {
                while (started && !(slow = holdsTooLong())) {
                    boolean settlerFull = services.settler().backlog() > SETTLER_BACKLOG;
                    int room = settlerFull ? 0 : room();
                    if (room > 0) {
                        return request(room);
                    }
                    if (settlerFull) {
                        changed.awaitNanos(SETTLER_NANOS);
                    } else if (held.isEmpty()) {
                        changed.await();
                    } else {
                        changed.awaitNanos(HOLD_NANOS / 2);
                    }
                }
                if (!started) {
                    return null;
                }
                pace.tooMuch();
            } finally {
                lock.unlock();
            }
            giveBackHeld();
        }
    }

    private boolean holdsTooLong() {
        JobRun oldest = held.peek();
        return oldest != null && oldest.heldNanos() > HOLD_NANOS;
    }

    /** Returns how many jobs to take now. */
    private int room() {
        if (paused || queueId == 0 || services.node().id() == 0 || !lanes.hasWork()) {
            return 0;
        }
        int prefetch = pace.prefetch(options.concurrency());
        if (held.size() > prefetch / 2) {
            return 0;
        }
        return options.concurrency() + prefetch - running.size() - held.size();
    }

    private ClaimRequest request(int room) {
        short[] wanted = lanes.take();
        long[] from = lanes.start(wanted);
        int node = services.node().id();
        long claims = services.node().nextClaims(wanted.length + 1) - 1;
        return new ClaimRequest(queueId, node, claims, room, wanted, from, handlers.types());
    }

    /** Returns how long to wait before the next claim. */
    private Duration claim(ClaimRequest request) {
        services.book().asking(request);
        long began = System.nanoTime();
        try {
            Claimed claimed = services.jobs().claim(request);
            services.book().taken(claimed.jobs());
            outage.recovered();
            accept(request, claimed, System.nanoTime() - began);
            return Duration.ZERO;
        } catch (NodeFencedException ex) {
            signal(() -> lanes.restore(request));
            services.node().declaredDead(request.node());
            return Duration.ZERO;
        } catch (QueueGoneException ex) {
            return createAgain();
        } catch (RuntimeException ex) {
            signal(() -> lanes.restore(request));
            services.onClaimLost().run();
            return outage.failed(ex);
        } finally {
            services.book().answered(request);
        }
    }

    /** The queue was deleted; where there is a handler, there is a queue. */
    private Duration createAgain() {
        try {
            LOG.warn("queue '{}': was deleted, is created again for its handler", queue);
            setQueueId(services.queueIds().applyAsInt(this));
            return Duration.ZERO;
        } catch (RuntimeException ex) {
            return outage.failed(ex);
        }
    }

    private void accept(ClaimRequest request, Claimed claimed, long nanos) {
        lock.lock();
        try {
            pace.claimed(nanos);
            lanes.found(request, claimed);
            for (ClaimedJob job : claimed.jobs()) {
                held.add(new JobRun(
                        job, queue, options.maxAttempts(), services.node(), () -> !started, services.settler()));
            }
            startRunner();
        } finally {
            lock.unlock();
        }
        if (!started || paused) {
            giveBackHeld();
        }
    }

    private void pauseFor(Duration pause) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = pause.toNanos();
            while (left > 0 && started) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    // The runners' threads.

    /** Wakes a runner if there is a job for it; it wakes the next. Called under the lock. */
    private void startRunner() {
        if (!held.isEmpty() && runners < options.concurrency()) {
            runners++;
            services.threads().execute(this::runJobs);
        }
    }

    private void runJobs() {
        JobRun run = next(null);
        while (run != null) {
            runner.run(run);
            run = next(run);
        }
    }

    /** Ends the runner's last job and returns its next, {@code null} if there is none. */
    private @Nullable JobRun next(@Nullable JobRun last) {
        lock.lock();
        try {
            if (last != null) {
                running.remove(last);
                pace.ran(last.ranNanos());
            }
            JobRun next = paused || !started ? null : held.poll();
            if (next == null) {
                runners--;
            } else {
                running.add(next);
                startRunner();
            }
            if (wakesClaimer()) {
                changed.signalAll();
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    private boolean wakesClaimer() {
        return !started || room() > 0;
    }

    // Giving back.

    private void giveBackHeld() {
        List<Released> released = new ArrayList<>();
        lock.lock();
        try {
            JobRun run;
            while ((run = held.poll()) != null) {
                released.add(new Released(run.job()));
            }
        } finally {
            lock.unlock();
        }
        services.settler().settleAll(released);
    }

    private void endRunning() throws InterruptedException {
        if (awaitRunning(options.shutdownTimeout())) {
            return;
        }
        List<JobRun> late = running();
        LOG.warn(
                "queue '{}': {} jobs still run after {} and are interrupted",
                queue,
                late.size(),
                options.shutdownTimeout());
        late.forEach(JobRun::interruptByStop);
        if (awaitRunning(AFTER_INTERRUPT)) {
            return;
        }
        for (JobRun run : running()) {
            if (run.settle(new Released(run.job()))) {
                LOG.warn("{}: given back, although its handler still runs: it ignores interruption", run);
            }
        }
    }

    private List<JobRun> running() {
        lock.lock();
        try {
            return List.copyOf(running);
        } finally {
            lock.unlock();
        }
    }

    private boolean awaitRunning(Duration limit) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = limit.toNanos();
            while (!running.isEmpty() && left > 0) {
                left = changed.awaitNanos(left);
            }
            return running.isEmpty();
        } finally {
            lock.unlock();
        }
    }
}
