package io.pgjobq.internal.worker;

import io.pgjobq.Handler;
import io.pgjobq.internal.store.Settlement.AlreadySettled;
import io.pgjobq.internal.store.Settlement.Released;
import org.jspecify.annotations.Nullable;

/** Lets attempts begin that may, and settles the others. Thread-safe. */
final class Admission {

    private final Handlers handlers;
    private final AttemptEnds ends;

    Admission(Handlers handlers, AttemptEnds ends) {
        this.handlers = handlers;
        this.ends = ends;
    }

    /** Returns who runs the job, {@code null} if the attempt has ended before it began. */
    @Nullable
    Handler admit(JobRun run) {
        if (run.isLost()) {
            run.settle(new AlreadySettled(run.job()));
            return null;
        }
        Interruption.ByCancellation cancellation = run.cancellation();
        if (cancellation != null) {
            ends.cancelled(run, cancellation);
            return null;
        }
        Handler handler = run.mayBeLost() ? null : handlers.find(run.job().type());
        if (handler == null) {
            run.settle(new Released(run.job()));
        }
        return handler;
    }
}
