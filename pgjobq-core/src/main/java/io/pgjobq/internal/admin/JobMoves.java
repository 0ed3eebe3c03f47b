package io.pgjobq.internal.admin;

import io.pgjobq.JobFilter;
import io.pgjobq.MoveResult;
import io.pgjobq.MovedJobs;
import io.pgjobq.UnknownQueueException;
import io.pgjobq.internal.notify.Doorbell;
import io.pgjobq.internal.notify.Signal;
import io.pgjobq.internal.store.LanePosition;
import io.pgjobq.internal.store.LaneStore;
import io.pgjobq.internal.store.MoveStore;
import io.pgjobq.internal.store.MoveStore.Outcome;
import io.pgjobq.internal.store.MoveStore.Target;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Moves jobs that nobody holds, and announces them where they are then. Thread-safe. */
final class JobMoves {

    private static final int AT_ONCE = 1_000;

    private final MoveStore store;
    private final LaneStore lanes;
    private final Doorbell doorbell;

    JobMoves(MoveStore store, LaneStore lanes, Doorbell doorbell) {
        this.store = store;
        this.lanes = lanes;
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

    /**
     * Those that wait come first and last, as when jobs are cancelled. What comes to a lane meanwhile, moved jobs among it, is not there
     * now: this ends.
     */
    MovedJobs moveAll(List<Integer> queues, JobFilter filter, Target target) {
        Tally tally = new Tally();
        for (int queue : queues) {
            Walk walk = new Walk(queue, filter, target, tally);
            walk.over(LanePosition.WAITING, Long.MAX_VALUE);
            long until = lanes.position();
            for (int lane = 0; lane < LanePosition.WAITING; lane++) {
                walk.over(lane, until);
            }
            // Where they stay in their queue, those that wait would be met again.
            if (target.queue() != null && !target.queue().equals(filter.queue())) {
                walk.over(LanePosition.WAITING, Long.MAX_VALUE);
            }
        }
        return new MovedJobs(tally.moved, tally.running, tally.keysTaken);
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

    /** Goes over the jobs of a queue. Used by one thread. */
    private final class Walk {

        private final int queue;
        private final JobFilter filter;
        private final Target target;
        private final Tally tally;

        Walk(int queue, JobFilter filter, Target target, Tally tally) {
            this.queue = queue;
            this.filter = filter;
            this.target = target;
            this.tally = tally;
        }

        void over(int lane, long until) {
            Long from = 0L;
            while (from != null && from <= until) {
                Optional<MoveStore.Part> some = store.moveSome(queue, lane, from, filter, target, AT_ONCE);
                from = some.isEmpty() ? gone() : moved(some.get());
            }
        }

        /** A queue that is gone has no jobs to be moved, but none can be moved there. */
        private @Nullable Long gone() {
            if (target.queue() != null) {
                throw new UnknownQueueException(target.queue());
            }
            return null;
        }

        private @Nullable Long moved(MoveStore.Part part) {
            tally.moved += part.moved();
            tally.running += part.held();
            announce(part.first());
            for (long job : part.left()) {
                tally.add(move(job, target));
            }
            return part.next();
        }
    }
}
