package io.pgjobq.internal.engine;

import io.pgjobq.internal.event.JobEvents;
import io.pgjobq.internal.maintenance.Workers;
import io.pgjobq.internal.settle.ClaimAudit;
import io.pgjobq.internal.settle.ClaimBook;
import io.pgjobq.internal.store.LanePosition;
import io.pgjobq.internal.store.LaneStore;
import io.pgjobq.internal.store.Registration;
import io.pgjobq.internal.support.Log;
import io.pgjobq.internal.worker.QueueContainer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** What maintenance does for the containers. Used by its thread. */
final class ContainerUpkeep implements Workers {

    private static final Logger LOG = Log.of(ContainerUpkeep.class);

    /** Whoever may send could make up types without end. */
    private static final int MOST_REPORTED = 1_000;

    private final SignalRouter switchboard;
    private final LaneStore lanes;
    private final ClaimBook book;
    private final ClaimAudit audit;
    private final LockWatch locks;
    private final JobEvents events;
    private final Set<String> reported = new HashSet<>();

    ContainerUpkeep(
            SignalRouter switchboard,
            LaneStore lanes,
            ClaimBook book,
            ClaimAudit audit,
            LockWatch locks,
            JobEvents events) {
        this.switchboard = switchboard;
        this.lanes = lanes;
        this.book = book;
        this.audit = audit;
        this.locks = locks;
        this.events = events;
    }

    @Override
    public int[] queues() {
        return switchboard.containers().stream()
                .filter(QueueContainer::isRunning)
                .mapToInt(QueueContainer::queueId)
                .filter(id -> id != 0)
                .toArray();
    }

    @Override
    public void missing(List<Integer> queues) {
        for (QueueContainer container : switchboard.containers()) {
            if (queues.contains(container.queueId())) {
                // Its next claim finds that out, and creates the queue.
                container.lookEverywhere();
            }
        }
    }

    @Override
    public void watchLocks() {
        locks.look();
    }

    @Override
    public void advance(long seq) {
        switchboard.containers().forEach(container -> container.advance(seq));
    }

    @Override
    public boolean tookJobs() {
        return book.wasUsed();
    }

    @Override
    public void lookEverywhere() {
        switchboard.containers().forEach(QueueContainer::lookEverywhere);
    }

    @Override
    public boolean auditClaims(Registration registration) {
        return audit.run(registration);
    }

    @Override
    public boolean cancel(long job, @Nullable String reason) {
        return switchboard.cancel(job, reason);
    }

    @Override
    public void found(LanePosition ready) {
        for (QueueContainer container : switchboard.containers()) {
            if (container.queueId() == ready.queue() && container.isNews(ready.priority(), ready.seq())) {
                events.foundByPolling(container.queue());
            }
        }
    }

    @Override
    public void rescued(int queue, long jobs, long dead) {
        String name = switchboard.containers().stream()
                .filter(container -> container.queueId() == queue)
                .map(QueueContainer::queue)
                .findFirst()
                .orElse("");
        events.rescued(name, jobs, dead);
    }

    @Override
    public void nodeLost(int number, String name) {
        events.nodeLost(number, name);
    }

    @Override
    public void reportUnknownTypes(LanePosition from) {
        for (QueueContainer container : switchboard.containers()) {
            @Nullable String[] known = container.types();
            if (known != null && container.isRunning() && container.queueId() == from.queue()) {
                for (LaneStore.Unknown type : lanes.unknownTypes(from, known)) {
                    report(container.queue(), type, known);
                }
            }
        }
    }

    private void report(String queue, LaneStore.Unknown unknown, @Nullable String[] known) {
        if (reported.size() < MOST_REPORTED && reported.add(queue + " " + unknown.type())) {
            LOG.warn(
                    "queue '{}': {} jobs of type '{}', the first of them {}, wait for a node that has a handler for it; here there"
                            + " are handlers for {}. If there will be none, Jobs.changeTypeAll, moveAll or cancelAll takes them out of"
                            + " the way",
                    queue,
                    unknown.jobs(),
                    unknown.type(),
                    unknown.example(),
                    Arrays.stream(known).filter(Objects::nonNull).toList());
        }
    }
}
