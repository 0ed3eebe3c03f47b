package io.pgjobq.internal.worker;

import io.pgjobq.ContainerOptions;
import io.pgjobq.Handler;
import io.pgjobq.JobInterceptor;
import io.pgjobq.PayloadUpgrade;
import io.pgjobq.QueueOptions;
import io.pgjobq.WorkerContainer;
import io.pgjobq.internal.notify.LocalDispatch.WorkerSlot;
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
    private final QueueNumber number;
    private final Workload workload;
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
        ContainerAssembly parts =
                new ContainerAssembly(queue, this.handlers, queueOptions, options, services, this::createQueue);
        this.number = parts.number();
        this.workload = parts.workload();
        this.drain = parts.drain();
        this.claims = parts.claims();
        this.slots = parts.slots();
        this.claimer = new Background("queue '" + queue + "'", services.vitals(), claimThreads);
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

    /** Returns whether a job of the lane is news: nothing was known to be left there. */
    public boolean isNews(int priority, long seq) {
        return workload.<Boolean>read((lanes, turns) -> lanes.isNews(priority, seq));
    }

    /** A job with a key may have its turn: the next one in that line. */
    public void announceTurn(long line) {
        workload.announceTurn(line);
    }

    /** The queue's limits may allow more than they did. */
    public void hasRoom() {
        workload.gate(gate -> {
            gate.open();
            return true;
        });
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
                () -> services.settler().drain(Duration.ofSeconds(2)),
                this::giveUpTurns);
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
        giveUpTurns();
        LOG.info("queue '{}': paused on this node", queue);
    }

    /** Others may go on with the keys whose jobs have ended here. */
    private void giveUpTurns() {
        services.settler().keyed().giveUp(number.get(), workload.turns(KeyTurns::letGo));
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
    public int prefetchedJobs() {
        return workload.heldJobs();
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

    private void createQueue() {
        setQueueId(services.registrar().register(this));
    }

    /** Returns whether to go on. */
    private boolean takeJobs() throws InterruptedException {
        return claims.step(claimer::isStopping);
    }
}
