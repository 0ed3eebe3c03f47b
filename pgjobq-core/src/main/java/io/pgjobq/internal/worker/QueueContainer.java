package io.pgjobq.internal.worker;

import io.pgjobq.ContainerOptions;
import io.pgjobq.Handler;
import io.pgjobq.JobInterceptor;
import io.pgjobq.QueueOptions;
import io.pgjobq.WorkerContainer;
import io.pgjobq.internal.node.Node;
import io.pgjobq.internal.notify.LocalDispatch.WorkerSlot;
import io.pgjobq.internal.store.ClaimedJob;
import io.pgjobq.internal.store.SlotClaim;
import io.pgjobq.internal.support.Background;
import io.pgjobq.internal.support.Lifecycle;
import io.pgjobq.internal.support.Log;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Runs the jobs of one queue. One thread takes jobs whenever there is room; up to {@code concurrency} runners work through
 * what it took, each going on with the next job as long as there is one. Thread-safe.
 */
public final class QueueContainer implements WorkerContainer {

    /** How long the thread that takes jobs rests at once: it gives back what is held for too long. */
    private static final Duration LOOK = Duration.ofMillis(250);

    private static final Logger LOG = Log.of(QueueContainer.class);

    private final String queue;
    private final QueueOptions queueOptions;
    private final ContainerOptions options;
    private final Handlers handlers;
    private final WorkerServices services;
    private final BeginBackOff backOff;
    private final Runners runners;
    private final Drain drain;
    private final JobRun.Hold hold;
    private final Workload workload;
    private final Claimer claims;

    /** The thread that takes jobs. */
    private final Background claimer;

    private final Lifecycle lifecycle = new Lifecycle();

    /** The queue's number, 0 while it is not known. */
    private volatile int queueId;

    public QueueContainer(
            String queue,
            List<Handler> handlers,
            List<JobInterceptor> interceptors,
            QueueOptions queueOptions,
            ContainerOptions options,
            WorkerServices services) {
        // Not a daemon: an application that only works would end otherwise.
        this(
                queue,
                handlers,
                interceptors,
                queueOptions,
                options,
                services,
                work -> new Thread(work, "pgjobq-" + queue));
    }

    /** @param claimThreads makes the threads that take jobs */
    QueueContainer(
            String queue,
            List<Handler> handlers,
            List<JobInterceptor> interceptors,
            QueueOptions queueOptions,
            ContainerOptions options,
            WorkerServices services,
            ThreadFactory claimThreads) {
        this.queue = queue;
        this.queueOptions = queueOptions;
        this.options = options;
        this.handlers = new Handlers(
                queue,
                handlers.stream()
                        .map(handler -> InterceptorChain.around(handler, interceptors))
                        .toList());
        this.services = services;
        this.backOff = new BeginBackOff(queue, services.nanoTime());
        JobRunner runner = new JobRunner(
                this.handlers,
                services.converter(),
                services.store(),
                services.threads(),
                backOff,
                services.events(),
                new AttemptEnds(
                        this.handlers,
                        queueOptions.maxAttempts(),
                        options.retry(),
                        services.ends(),
                        services.events(),
                        services.upkeep(),
                        backOff));
        this.hold = JobRun.Hold.of(services.node(), services.book());
        this.workload = new Workload(
                queue,
                options.concurrency(),
                services.settler().quarantine(),
                this::mayTake,
                () -> services.threads().execute(this::runJobs),
                services.nanoTime());
        this.runners = new Runners(workload, runner, services);
        this.drain =
                new Drain(queue, workload, runner, services.settler(), services.events(), options.shutdownTimeout());
        this.claims = new Claimer(queue, this.handlers, services, workload, new Host());
        this.claimer = new Background("queue '" + queue + "'", services.vitals(), claimThreads);
        services.settler().onRelief(workload::poke);
        services.settler().quarantine().onFree(workload::poke);
    }

    @Override
    public String queue() {
        return queue;
    }

    /** Returns what holds for the queue everywhere. */
    public QueueOptions queueOptions() {
        return queueOptions;
    }

    /** Returns the queue's number, 0 while it is not known. */
    public int queueId() {
        return queueId;
    }

    /** Tells the container the number of its queue. */
    public void setQueueId(int id) {
        queueId = id;
        workload.update(Lanes::lookEverywhere);
    }

    /** Returns the types that the container can run, {@code null} if all. */
    public String @Nullable [] types() {
        return handlers.types();
    }

    /** What was seen of the lanes may be there no more. */
    public void lookEverywhere() {
        workload.update(Lanes::forget);
    }

    /** A job of the lane may be there. */
    public void announce(int priority, long seq) {
        workload.update(lanes -> lanes.announce(priority, seq));
    }

    /** Nobody needs to look below this seq, where nothing is announced. */
    public void advance(long seq) {
        workload.update(lanes -> lanes.advance(seq));
    }

    @Override
    public void start() {
        lifecycle.start(generation -> {
            workload.open();
            try {
                claimer.start(this::takeJobs);
            } catch (RuntimeException | Error ex) {
                workload.close();
                throw ex;
            }
            LOG.info("queue '{}': started, {} at once", queue, options.concurrency());
        });
    }

    @Override
    public void stop() {
        boolean stopped = lifecycle.stop(
                workload::close,
                drain::giveBackHeld,
                claimer::stop,
                drain::giveBackHeld,
                drain::endRunning,
                () -> services.settler().drain(Duration.ofSeconds(2)));
        if (stopped) {
            LOG.info("queue '{}': stopped", queue);
        }
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
        workload.pause(true);
        drain.giveBackHeld();
        LOG.info("queue '{}': paused on this node", queue);
    }

    @Override
    public void resume() {
        workload.pause(false);
        LOG.info("queue '{}': resumed on this node", queue);
    }

    @Override
    public boolean isRunning() {
        return lifecycle.isRunning();
    }

    @Override
    public boolean isPaused() {
        return workload.isPaused();
    }

    @Override
    public int concurrency() {
        return options.concurrency();
    }

    @Override
    public int activeJobs() {
        return workload.activeJobs();
    }

    @Override
    public boolean isAutoStartup() {
        return options.autoStartup();
    }

    @Override
    public int getPhase() {
        return DEFAULT_PHASE - 100;
    }

    /** Keeps a place for a job that is being sent, {@code null} if it has to wait for its turn. */
    public @Nullable WorkerSlot reserve(int priority, String type) {
        Object sender = new Object();
        boolean begins = handlers.find(type) != null && backOff.rest().isZero();
        long[] from = begins ? workload.keep(sender, priority) : null;
        if (from == null) {
            return null;
        }
        Node.ClaimIds ids;
        try {
            ids = services.node().nextClaims(1);
        } catch (RuntimeException ex) {
            // The node had to register anew, and could not: it will say so when it takes jobs.
            LOG.debug("queue '{}': no place can be kept", queue, ex);
            workload.free(sender);
            return null;
        }
        return new ReservedSlot(
                new SlotClaim(queueId, ids.by(), ids.first(), from),
                services.book(),
                job -> start(sender, job),
                () -> workload.free(sender),
                services.upkeep());
    }

    private void start(Object sender, ClaimedJob job) {
        if (!workload.fill(sender, run(job))) {
            drain.giveBackHeld();
            workload.free(sender);
        }
    }

    private boolean mayTake() {
        return queueId != 0
                && services.node().id() != 0
                && services.node().isFit()
                && !services.settler().isOverloaded();
    }

    private void runJobs() {
        runners.run();
    }

    // The thread that takes jobs.

    /** Returns whether to go on. */
    private boolean takeJobs() throws InterruptedException {
        ClaimStep step = workload.awaitStep(claimer::isStopping);
        if (step instanceof ClaimStep.Take take) {
            Duration rest = backOff.rest();
            workload.rest(
                    rest.isZero() ? claims.claim(backOff.room(take.room(), options.concurrency())) : least(rest, LOOK));
        } else if (step instanceof ClaimStep.GiveBack) {
            drain.giveBackHeld();
        }
        return !(step instanceof ClaimStep.End);
    }

    private static Duration least(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** What the thread needs of its container. */
    private final class Host implements Claimer.Host {

        @Override
        public int queueId() {
            return queueId;
        }

        @Override
        public void createQueue() {
            setQueueId(services.queueIds().applyAsInt(QueueContainer.this));
        }

        @Override
        public JobRun attempt(ClaimedJob job) {
            return run(job);
        }

        @Override
        public void giveBackHeld() {
            drain.giveBackHeld();
        }
    }

    private JobRun run(ClaimedJob job) {
        return new JobRun(
                job,
                queue,
                queueOptions.maxAttempts(),
                hold,
                () -> !workload.isOpen(),
                services.settler()::settle,
                services.nanoTime());
    }
}
