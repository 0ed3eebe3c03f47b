package io.pgjobq.internal.admin;

import io.pgjobq.CancelResult;
import io.pgjobq.CancelledJobs;
import io.pgjobq.JobDescription;
import io.pgjobq.JobFilter;
import io.pgjobq.JobPage;
import io.pgjobq.JobQuery;
import io.pgjobq.Jobs;
import io.pgjobq.MoveResult;
import io.pgjobq.MovedJobs;
import io.pgjobq.UnknownType;
import io.pgjobq.internal.notify.Doorbell;
import io.pgjobq.internal.notify.Signal;
import io.pgjobq.internal.store.CancellationStore;
import io.pgjobq.internal.store.JobStore;
import io.pgjobq.internal.store.LanePosition;
import io.pgjobq.internal.store.LaneRange;
import io.pgjobq.internal.store.LaneStore;
import io.pgjobq.internal.store.ListStore;
import io.pgjobq.internal.store.MoveStore;
import io.pgjobq.internal.store.QueueNumbers;
import io.pgjobq.internal.support.StorableText;
import io.pgjobq.internal.support.StorableType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Looks at jobs, cancels them, and tells those who wait for them. Thread-safe. */
public final class DefaultJobs implements Jobs {

    private static final int AT_ONCE = 1_000;

    private static final int LONGEST_REASON = 990;

    private final JobStore jobs;
    private final CancellationStore cancellations;
    private final QueueNumbers queues;
    private final LaneStore lanes;
    private final JobLists lists;
    private final Doorbell doorbell;
    private final HandledTypes handled;
    private final LaneWalk walk;
    private final JobMoves moves;

    public DefaultJobs(
            JobStore jobs,
            CancellationStore cancellations,
            MoveStore moves,
            QueueNumbers queues,
            LaneStore lanes,
            ListStore lists,
            Doorbell doorbell,
            HandledTypes handled) {
        this.jobs = jobs;
        this.cancellations = cancellations;
        this.queues = queues;
        this.lanes = lanes;
        this.lists = new JobLists(lists, queues);
        this.doorbell = doorbell;
        this.handled = handled;
        this.walk = new LaneWalk(lanes);
        this.moves = new JobMoves(moves, walk, doorbell);
    }

    @Override
    public Optional<JobDescription> find(long id) {
        return jobs.find(id);
    }

    @Override
    public JobPage list(JobQuery query) {
        return lists.page(query);
    }

    @Override
    public CancelResult cancel(long id, String reason) {
        return cancelStored(id, stored(reason));
    }

    private CancelResult cancelStored(long id, @Nullable String reason) {
        return switch (cancellations.cancel(id, reason)) {
            case CANCELLED -> CancelResult.CANCELLED;
            case CANCELLED_AWAITED -> {
                doorbell.ring(new Signal.Ended(List.of(id)));
                yield CancelResult.CANCELLED;
            }
            case REQUESTED -> CancelResult.REQUESTED;
            case UNKNOWN -> CancelResult.UNKNOWN;
        };
    }

    @Override
    public CancelledJobs cancelAll(JobFilter filter, String reason) {
        checkUnfinished(filter, "cancelled");
        Tally tally = new Tally();
        for (int queue : FilteredQueues.of(filter, queues)) {
            walk.over(queue, range -> cancelSome(range, filter, stored(reason), tally), true);
        }
        return new CancelledJobs(tally.cancelled, tally.requested);
    }

    private @Nullable Long cancelSome(LaneRange range, JobFilter filter, @Nullable String reason, Tally tally) {
        CancellationStore.Part part = cancellations.cancelSome(range, filter, reason, AT_ONCE);
        tally.cancelled += part.cancelled();
        tally.requested += part.requested();
        if (part.awaited().length > 0) {
            doorbell.ring(new Signal.Ended(Arrays.stream(part.awaited()).boxed().toList()));
        }
        for (long job : part.busy()) {
            tally.add(cancelStored(job, reason));
        }
        return part.next();
    }

    @Override
    public MoveResult move(long id, String queue) {
        FilteredQueues.existing(queue, queues);
        return moves.move(id, new MoveStore.Target(queue, null));
    }

    @Override
    public MovedJobs moveAll(JobFilter filter, String queue) {
        int there = FilteredQueues.existing(queue, queues);
        checkUnfinished(filter, "moved");
        List<Integer> from = filter.queue() != null
                ? FilteredQueues.of(filter, queues)
                : FilteredQueues.of(filter, queues).stream()
                        .filter(each -> each != there)
                        .toList();
        return moves.moveAll(from, filter, new MoveStore.Target(queue, null));
    }

    @Override
    public MoveResult changeType(long id, String type) {
        return moves.move(id, new MoveStore.Target(null, StorableType.checked(type)));
    }

    @Override
    public MovedJobs changeTypeAll(JobFilter filter, String type) {
        checkUnfinished(filter, "given another type");
        return moves.moveAll(
                FilteredQueues.of(filter, queues), filter, new MoveStore.Target(null, StorableType.checked(type)));
    }

    @Override
    public List<UnknownType> unknownTypes(String queue) {
        int number = FilteredQueues.existing(queue, queues);
        @Nullable String[] types = handled.of(queue);
        if (types == null) {
            return List.of();
        }
        Map<String, UnknownType> found = new TreeMap<>();
        for (int lane = 0; lane < LanePosition.LANES; lane++) {
            for (LaneStore.Unknown some : lanes.unknownTypes(new LanePosition(number, lane, 0), types)) {
                found.merge(
                        some.type(),
                        new UnknownType(queue, some.type(), some.jobs(), some.example()),
                        (one, other) -> new UnknownType(
                                queue,
                                one.type(),
                                one.jobs() + other.jobs(),
                                Math.min(one.example(), other.example())));
            }
        }
        return List.copyOf(found.values());
    }

    private static void checkUnfinished(JobFilter filter, String what) {
        if (filter.finishedFrom() != null || filter.finishedBefore() != null) {
            throw new IllegalArgumentException(
                    "no job that has ended can be " + what + ", but the filter says when they ended: " + filter);
        }
    }

    private static @Nullable String stored(String reason) {
        return reason.isEmpty() ? null : StorableText.of(reason, LONGEST_REASON);
    }

    /** What has come of a request so far. Used by one thread. */
    private static final class Tally {

        private long cancelled;
        private long requested;

        void add(CancelResult result) {
            cancelled += result == CancelResult.CANCELLED ? 1 : 0;
            requested += result == CancelResult.REQUESTED ? 1 : 0;
        }
    }
}
