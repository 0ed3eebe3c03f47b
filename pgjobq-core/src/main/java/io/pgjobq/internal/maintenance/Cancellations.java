package io.pgjobq.internal.maintenance;

import io.pgjobq.internal.store.CancellationStore.Outcome;
import io.pgjobq.internal.store.CancellationStore.Request;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cancels what this node is asked to cancel: it ends the attempts that it holds. A job that it does not hold has left its hands
 * meanwhile, and is cancelled like any other. Used by one thread.
 */
final class Cancellations implements Step {

    private final Requests requests;
    private final Workers workers;
    private final Announcements announcements;

    /** The requests, and jobs that nobody holds. */
    interface Requests {

        /** Returns what this node is to cancel. */
        List<Request> requests();

        /** Cancels a job, or asks the node that holds it. */
        Outcome cancel(long job, @Nullable String reason);
    }

    Cancellations(Requests requests, Workers workers, Announcements announcements) {
        this.requests = requests;
        this.workers = workers;
        this.announcements = announcements;
    }

    @Override
    public Duration run(boolean asked) {
        for (Request request : requests.requests()) {
            if (!workers.cancel(request.job(), request.reason())
                    && requests.cancel(request.job(), request.reason()) == Outcome.CANCELLED_AWAITED) {
                announcements.ended(new long[] {request.job()});
            }
        }
        return SELDOM;
    }
}
