package io.pgjobq.internal.worker;

import io.pgjobq.internal.notify.LocalDispatch.WorkerSlot;
import io.pgjobq.internal.settle.ClaimBook;
import io.pgjobq.internal.store.ClaimedJob;
import io.pgjobq.internal.store.SlotClaim;
import io.pgjobq.internal.support.Log;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;

/** A place in a container's workload, and the id of a claim, for a job that is being sent. Used by the sender's thread. */
final class ReservedSlot implements WorkerSlot {

    private static final Logger LOG = Log.of(ReservedSlot.class);

    private final SlotClaim place;
    private final ClaimBook book;
    private final Consumer<ClaimedJob> start;
    private final Runnable free;
    private final Upkeep upkeep;

    /**
     * @param start lets the job run that the place was kept for
     * @param free lets others have the place
     * @param upkeep is told when a claim may have been made without this node's knowing
     */
    ReservedSlot(SlotClaim place, ClaimBook book, Consumer<ClaimedJob> start, Runnable free, Upkeep upkeep) {
        this.place = place;
        this.book = book;
        this.start = start;
        this.free = free;
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
            start.accept(job);
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
        free.run();
    }

    @Override
    public void lose() {
        leave();
        upkeep.claimInDoubt();
    }
}
