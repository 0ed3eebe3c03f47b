package io.pgjobq.internal.worker;

import io.pgjobq.internal.notify.LocalDispatch.WorkerSlot;
import io.pgjobq.internal.settle.ClaimBook;
import io.pgjobq.internal.store.ClaimedJob;
import io.pgjobq.internal.store.SlotClaim;
import io.pgjobq.internal.support.Log;
import java.util.List;
import org.slf4j.Logger;

/** A place in a container's workload, and the id of a claim, for a job that is being sent. Used by the sender's thread. */
final class ReservedSlot implements WorkerSlot {

    private static final Logger LOG = Log.of(ReservedSlot.class);

    private final SlotClaim place;
    private final ClaimBook book;
    private final Place kept;
    private final Upkeep upkeep;

    /** The place in the workload. */
    interface Place {

        /** Lets the job run that the place was kept for. */
        void start(ClaimedJob job);

        /** Lets others have the place. */
        void free();
    }

    /** @param upkeep is told when a claim may have been made without this node's knowing */
    ReservedSlot(SlotClaim place, ClaimBook book, Place kept, Upkeep upkeep) {
        this.place = place;
        this.book = book;
        this.kept = kept;
        this.upkeep = upkeep;
        book.asking(place.claim(), place.claim());
    }

    @Override
    public SlotClaim place() {
        return place;
    }

    @Override
    public void fill(ClaimedJob job) {
        try {
            book.taken(List.of(job));
            kept.start(job);
        } catch (RuntimeException | Error ex) {
            // The job is sent, whatever becomes of it here.
            LOG.error("job {}: can't be started where it was sent, and is given back", job.id(), ex);
            book.disown(job);
            lose();
        } finally {
            book.answered(place.claim());
        }
    }

    @Override
    public void leave() {
        book.answered(place.claim());
        kept.free();
    }

    @Override
    public void lose() {
        leave();
        upkeep.claimInDoubt();
    }
}
