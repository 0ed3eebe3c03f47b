package io.pgjobq.internal.worker;

import io.pgjobq.internal.node.Node;
import io.pgjobq.internal.notify.LocalDispatch.WorkerSlot;
import io.pgjobq.internal.store.ClaimedJob;
import io.pgjobq.internal.store.SlotClaim;
import io.pgjobq.internal.support.Log;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Keeps places in a container for jobs that are being sent in its own process. Thread-safe. */
final class SenderSlots {

    private static final Logger LOG = Log.of(SenderSlots.class);

    private final String queue;
    private final QueueNumber number;
    private final Handlers handlers;
    private final BeginBackOff backOff;
    private final WorkerServices services;
    private final Workload workload;
    private final Attempts attempts;
    private final Drain drain;

    SenderSlots(
            String queue,
            QueueNumber number,
            Handlers handlers,
            BeginBackOff backOff,
            WorkerServices services,
            Workload workload,
            Attempts attempts,
            Drain drain) {
        this.queue = queue;
        this.number = number;
        this.handlers = handlers;
        this.backOff = backOff;
        this.services = services;
        this.workload = workload;
        this.attempts = attempts;
        this.drain = drain;
    }

    /** Keeps a place for a job that is being sent, {@code null} if it has to wait for its turn. */
    @Nullable
    WorkerSlot reserve(int priority, String type) {
        Place place = new Place();
        boolean begins = handlers.find(type) != null && backOff.rest().isZero();
        long[] from = begins ? workload.keep(place, priority) : null;
        if (from == null) {
            return null;
        }
        Node.ClaimIds ids;
        try {
            ids = services.node().nextClaims(1);
        } catch (RuntimeException ex) {
            // The node had to register anew, and could not: it will say so when it takes jobs.
            LOG.debug("queue '{}': no place can be kept", queue, ex);
            place.free();
            return null;
        }
        return new ReservedSlot(
                new SlotClaim(number.get(), ids.by(), ids.first(), from), services.book(), place, services.upkeep());
    }

    /** The workload knows by it whom the place is kept for. */
    private final class Place implements ReservedSlot.Place {

        @Override
        public void start(ClaimedJob job) {
            if (!workload.fill(this, attempts.of(job))) {
                drain.giveBackHeld();
                free();
            }
        }

        @Override
        public void free() {
            workload.free(this);
        }
    }
}
