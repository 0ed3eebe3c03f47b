package io.pgjobq.internal.admin;

import io.pgjobq.JobFilter;
import io.pgjobq.MoveResult;
import io.pgjobq.MovedJobs;
import io.pgjobq.UnknownQueueException;
import io.pgjobq.internal.notify.Doorbell;
import io.pgjobq.internal.notify.Signal;
import io.pgjobq.internal.store.LanePosition;
import io.pgjobq.internal.store.LaneRange;
import io.pgjobq.internal.store.MoveStore;
import io.pgjobq.internal.store.MoveStore.Outcome;
import io.pgjobq.internal.store.MoveStore.Target;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Moves jobs that nobody holds, and announces them where they are then. Thread-safe. */
final class JobMoves {

    private static final int AT_ONCE = 1_000;

    private final MoveStore store;
    private final LaneWalk walk;
    private final Doorbell doorbell;

    JobMoves(MoveStore store, LaneWalk walk, Doorbell doorbell) {
        this.store = store;
        this.walk = walk;
        this.doorbell = doorbell;
    }

    /** @throws UnknownQueueException if there is no queue of the target's name */
    MoveResult move(long id, Target target) {
        while (true) {
            MoveStore.Moved moved = store.move(id, target);
            announce(moved.place());
            if (moved.outcome() == Outcome.NO_QUEUE) {
                throw new UnknownQueueException(String.valueOf(target.queue()));
            }
            if (moved.outcome() != Outcome.CHANGED) {
                return switch (moved.outcome()) {
                    case MOVED -> MoveResult.MOVED;
                    case HELD -> MoveResult.RUNNING;
                    case KEY_TAKEN -> MoveResult.KEY_TAKEN;
                    default -> MoveResult.UNKNOWN;
                };
            }
        }
    }

    /** Moves all that are there now: what comes to a lane meanwhile, moved jobs among it, is not. */
    MovedJobs moveAll(List<Integer> queues, JobFilter filter, Target target) {
        Tally tally = new Tally();
        // Where they stay in their queue, those that wait would be met again.
        boolean again = target.queue() != null && !target.queue().equals(filter.queue());
        for (int queue : queues) {
            walk.over(queue, range -> some(range, filter, target, tally), again);
        }
        return new MovedJobs(tally.moved, tally.running, tally.keysTaken);
    }

    private @Nullable Long some(LaneRange range, JobFilter filter, Target target, Tally tally) {
        MoveStore.Part part = store.moveSome(range, filter, target, AT_ONCE).orElse(null);
        if (part != null) {
            tally.moved += part.moved();
            tally.running += part.held();
            announce(part.first());
            for (long job : part.left()) {
                tally.add(move(job, target));
            }
            return part.next();
        }
        // A queue that is gone has no jobs to be moved, but none can be moved there.
        if (target.queue() != null) {
            throw new UnknownQueueException(target.queue());
        }
        return null;
    }

    private void announce(@Nullable LanePosition place) {
        if (place != null && place.priority() < LanePosition.WAITING) {
            doorbell.ring(new Signal.Ready(place.queue(), place.priority(), place.seq()));
        }
    }

    /** What has come of a request so far. Used by one thread. */
    private static final class Tally {

        private long moved;
        private long running;
        private long keysTaken;

        void add(MoveResult result) {
            moved += result == MoveResult.MOVED ? 1 : 0;
            running += result == MoveResult.RUNNING ? 1 : 0;
            keysTaken += result == MoveResult.KEY_TAKEN ? 1 : 0;
        }
    }
}
