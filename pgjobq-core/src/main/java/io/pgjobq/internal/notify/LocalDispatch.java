package io.pgjobq.internal.notify;

import io.pgjobq.internal.store.ClaimedJob;
import io.pgjobq.internal.store.SlotClaim;
import org.jspecify.annotations.Nullable;

/** Where a job that is about to be sent can run in this process as soon as it is stored. Thread-safe. */
@FunctionalInterface
public interface LocalDispatch {

    /** Keeps a place for a job, {@code null} if there is none. Whoever has got one ends it, in one of its three ways. */
    @Nullable
    WorkerSlot reserve(String queue, int priority, String type);

    /** A place that is kept for one job. Used by one thread. */
    interface WorkerSlot {

        /** Returns the place. */
        SlotClaim place();

        /** The job is stored, and claimed for the place: it starts. */
        void fill(ClaimedJob job);

        /** The job was not claimed for the place. */
        void leave();

        /** It is not known what became of the job. */
        void lose();
    }
}
