package io.pgjobq.internal.worker;

import io.pgjobq.ContainerOptions;
import io.pgjobq.Handler;
import io.pgjobq.JobInterceptor;
import io.pgjobq.PayloadUpgrade;
import io.pgjobq.QueueOptions;
import io.pgjobq.WorkerContainer;
import io.pgjobq.internal.notify.LocalDispatch.WorkerSlot;
import io.pgjobq.internal.store.ClaimedJob;
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

    private static final Logger LOG = Log.of(QueueContainer.class);

    private final String queue;
    private final QueueOptions queueOptions;
    private final ContainerOptions options;
    private final Handlers handlers;
    private final WorkerServices services;
    private final QueueNumber number = new QueueNumber();
    private final Workload workload;
    private final Attempts attempts;
    private final Runners runners;
    private final Drain drain;
    private final ClaimLoop claims;
    private final SenderSlots slots;

    /** The thread that takes jobs. */
    private final Background claimer;

    private final Lifecycle lifecycle = new Lifecycle();

    /** @param claimThreads makes the threads that take jobs */
    public QueueContainer(
            String queue,
            List<Handler> handlers,
            List<JobInterceptor> interceptors,
            List<PayloadUpgrade> upgrades,
            QueueOptions queueOptions,
            ContainerOptions options,
            WorkerServices services,
            ThreadFactory claimThreads) {
        this.queue = queue;
        this.queueOptions = queueOptions;
        this.options = options;
        this.handlers = Handlers.of(queue, handlers, interceptors, upgrades);
        this.services = services;
        this.workload = new Workload(
                queue,
                options,
                new Batches(this.handlers),
                services.timer(),
                services.settler().quarantine(),
                new Readiness(number, services),
                () -> services.threads().execute(runners()),
                services.nanoTime());
        this.attempts = new Attempts(queue, queueOptions.maxAttempts(), services, workload);
        BeginBackOff backOff = new BeginBackOff(queue, services.nanoTime());
        JobRunner runner = JobRunner.of(this.handlers, queueOptions, options, services, backOff);
        this.runners = new Runners(workload, runner, services);
        this.drain =
                new Drain(queue, workload, runner, services.settler(), services.events(), options.shutdownTimeout());
        this.claims = new ClaimLoop(
                workload,
                new Claimer(queue, this.handlers, services, workload, new Host()),
                backOff,
                drain,
                options.concurrency());
        this.slots = new SenderSlots(queue, number, this.handlers, backOff, services, workload, attempts, drain);
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
        return number.get();
    }

    /** Tells the container the number of its queue. */
    public void setQueueId(int id) {
        number.set(id);
        workload.update(Lanes::lookEverywhere);
    }

    /** Returns the types that the container can run, as a claim asks for them; {@code null} if all. */
    public @Nullable String @Nullable [] types() {
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

    /** Makes a job end that is held here, and says whether it is. */
    public boolean cancel(long job, @Nullable String reason) {
        JobRun run = workload.find(job);
        if (run != null) {
            run.interrupt(new Interruption.ByCancellation(reason));
        }
        return run != null;
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
        Lifecycle.stopApart("pgjobq-stop-" + queue, this::stop, callback);
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
        return slots.reserve(priority, type);
    }

    private Runnable runners() {
        return runners::run;
    }

    /** Returns whether to go on. */
    private boolean takeJobs() throws InterruptedException {
        return claims.step(claimer::isStopping);
    }

    /** What the thread needs of its container. */
    private final class Host implements Claimer.Host {

        @Override
        public int queueId() {
            return number.get();
        }

        @Override
        public void createQueue() {
            setQueueId(services.registrar().register(QueueContainer.this));
        }

        @Override
        public JobRun attempt(ClaimedJob job) {
            return attempts.of(job);
        }

        @Override
        public void giveBackHeld() {
            drain.giveBackHeld();
        }
    }
}
