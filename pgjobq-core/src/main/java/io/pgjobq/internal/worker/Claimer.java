package io.pgjobq.internal.worker;

import io.pgjobq.internal.database.NodeFencedException;
import io.pgjobq.internal.database.QueueGoneException;
import io.pgjobq.internal.node.Node;
import io.pgjobq.internal.settle.KeyedQueues;
import io.pgjobq.internal.settle.LimitedQueues;
import io.pgjobq.internal.store.ClaimRequest;
import io.pgjobq.internal.store.Claimed;
import io.pgjobq.internal.store.ClaimedJob;
import io.pgjobq.internal.store.LanePosition;
import io.pgjobq.internal.support.Log;
import io.pgjobq.internal.support.Outage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Takes jobs of one queue into a workload, and sees to what stands in the way of it. Used by one thread. */
final class Claimer {

    private static final Logger LOG = Log.of(Claimer.class);

    private final String queue;
    private final Handlers handlers;
    private final WorkerServices services;
    private final Workload workload;
    private final Host host;
    private final Outage outage;

    /** What it takes jobs for. */
    interface Host {

        /** Returns the queue's number. */
        int queueId();

        /** The queue was deleted: creates it, and returns when its number is known. */
        void createQueue();

        /** Makes an attempt of a job that was taken. */
        JobRun attempt(ClaimedJob job);

        /** Gives back what is held and was not started. */
        void giveBackHeld();
    }

    Claimer(String queue, Handlers handlers, WorkerServices services, Workload workload, Host host) {
        this.queue = queue;
        this.handlers = handlers;
        this.services = services;
        this.workload = workload;
        this.host = host;
        this.outage = new Outage(LOG, "queue '" + queue + "': taking jobs", services.vitals());
    }

    /** Takes as many jobs as there is room for; returns how long to wait before the next claim. */
    Duration claim(int room) {
        ClaimRequest request;
        try {
            request = request(room);
        } catch (RuntimeException | Error ex) {
            // The node had to register anew, and could not, or there was no memory.
            workload.update(Lanes::lookEverywhere);
            return outage.failed(ex);
        }
        return claim(request);
    }

    private ClaimRequest request(int room) {
        int startable = workload.ask();
        return workload.read((lanes, turns) -> {
            Node.ClaimIds ids = services.node().nextClaims(LanePosition.LANES + 1);
            ClaimRequest.Turns asked = turns.take();
            short[] wanted = lanes.take(!asked.isEmpty());
            Lanes.Start start = lanes.start(wanted);
            return new ClaimRequest(
                    host.queueId(),
                    ids.by(),
                    ids.first() - 1,
                    room,
                    startable,
                    wanted,
                    start.from(),
                    start.last(),
                    start.told(),
                    handlers.types(),
                    asked);
        });
    }

    private Duration claim(ClaimRequest request) {
        services.book().asking(request.claim(), request.claim() + request.lanes().length);
        long began = services.nanoTime().getAsLong();
        try {
            Claimed claimed = services.store().claim(request);
            long took = services.nanoTime().getAsLong() - began;
            accept(request, claimed, took);
            services.events().claimed(queue, claimed.jobs().size(), took);
            outage.recovered();
            return Duration.ZERO;
        } catch (NodeFencedException ex) {
            restore(request);
            return mend(() -> services.node().fenced(request.node()));
        } catch (QueueGoneException ex) {
            restore(request);
            return mend(this::createQueue);
        } catch (RuntimeException | Error ex) {
            restore(request);
            services.upkeep().claimInDoubt();
            return outage.failed(ex);
        } finally {
            services.book().answered(request.claim());
            if (request.asksForQuarantined()) {
                services.settler().quarantine().tellWaiting();
            }
        }
    }

    /** Everything is still to be looked for, and to be said. */
    private void restore(ClaimRequest request) {
        workload.update(lanes -> lanes.restore(request));
        workload.turns(turns -> {
            turns.restore(request.turns());
            return true;
        });
    }

    /** Where there is a handler, there is a queue. */
    private void createQueue() {
        host.createQueue();
        LOG.warn("queue '{}': was deleted, and has been created again for its handler", queue);
    }

    private Duration mend(Runnable what) {
        try {
            what.run();
            return Duration.ZERO;
        } catch (RuntimeException | Error ex) {
            return outage.failed(ex);
        }
    }

    /** Who is told of room takes it; whoever else is waiting for some has to be told of what is left. */
    private void learn(ClaimRequest request, Claimed claimed) {
        LimitedQueues limited = services.settler().limited();
        boolean wasLimited = workload.gate(Gate::isLimited);
        boolean leftRoom = workload.gate(gate -> gate.learn(request, claimed));
        if (claimed.allowance() != null) {
            limited.watch(request.queue(), workload::freed);
        } else if (wasLimited) {
            limited.forget(request.queue());
        }
        if (leftRoom) {
            limited.leave(request.queue());
        }
    }

    private void learnTurns(ClaimRequest request, Claimed.@Nullable Turns found) {
        if (found == null) {
            // The queue is paused; whoever resumes it lets everything be looked for.
            services.settler().keyed().giveUp(request.queue(), request.turns().ended());
            return;
        }
        KeyedQueues keyed = services.settler().keyed();
        keyed.watch(request.queue(), workload::ended);
        workload.turns(turns -> {
            turns.found(found);
            return true;
        });
        keyed.leave(request.queue(), found.others());
    }

    /** What is not held after that is not in the book either, so that it is given back. */
    private void accept(ClaimRequest request, Claimed claimed, long nanos) {
        List<JobRun> runs = new ArrayList<>(claimed.jobs().size());
        for (ClaimedJob job : claimed.jobs()) {
            runs.add(host.attempt(job));
        }
        try {
            services.book().taken(claimed.jobs());
            workload.update(lanes -> lanes.found(request, claimed));
            learn(request, claimed);
            learnTurns(request, claimed.turns());
            workload.hold(runs, nanos);
        } catch (RuntimeException | Error ex) {
            claimed.jobs().forEach(services::disown);
            throw ex;
        }
        if (!workload.isOpen() || workload.isPaused()) {
            host.giveBackHeld();
        }
    }
}
