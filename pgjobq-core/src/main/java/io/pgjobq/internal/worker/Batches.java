package io.pgjobq.internal.worker;

import io.pgjobq.Handler;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Says which of the jobs that are held run together: those of one handler, up to as many as it takes, in their order. One that has
 * failed before runs alone, so that a job that dooms its batch does so once only. Immutable.
 */
final class Batches {

    private final Handlers handlers;
    private final int largest;
    private final int kinds;

    Batches(Handlers handlers) {
        this.handlers = handlers;
        this.largest = handlers.all().mapToInt(Batches::size).max().orElse(1);
        this.kinds = (int) handlers.all()
                .distinct()
                .filter(handler -> handler.batching() != null)
                .count();
    }

    /** Returns whether all jobs run one by one. */
    boolean isNone() {
        return kinds == 0;
    }

    /** Returns how many handlers are called with batches: of one job more, two are for the same. */
    int kinds() {
        return kinds;
    }

    /** Returns how many jobs run together at most, 1 if no handler takes more. */
    int largest() {
        return largest;
    }

    /** Returns whether the job's handler is called with batches, be it of one job. */
    boolean takes(JobRun run) {
        return !isNone() && handler(run) != null;
    }

    /** Returns the job's handler if it is called with batches, {@code null} if not. */
    private @Nullable Handler handler(JobRun run) {
        Handler handler = handlers.find(run.job().type());
        return handler == null || handler.batching() == null ? null : handler;
    }

    /**
     * Returns the jobs with which a runner goes on: the first that need not wait, with those that run beside it. None if all wait
     * for others.
     */
    List<JobRun> next(Collection<JobRun> held) {
        Map<Handler, List<JobRun>> waiting = new IdentityHashMap<>();
        List<JobRun> due = null;
        for (JobRun run : held) {
            Handler handler = handlerWithOthers(run);
            if (handler == null) {
                if (due == null) {
                    return List.of(run);
                }
                continue;
            }
            List<JobRun> group = waiting.computeIfAbsent(handler, first -> new ArrayList<>());
            group.add(run);
            if ((due == null || due == group) && group.size() == size(handler)) {
                return group;
            }
            if (due == null && run.heldNanos() >= wait(handler)) {
                due = group;
            }
        }
        return due == null ? List.of() : due;
    }

    /** Returns how long it takes until the first of the jobs need not wait any more, all of which do now. */
    long nanosLeft(Collection<JobRun> held) {
        long least = Long.MAX_VALUE;
        for (JobRun run : held) {
            least = Math.min(least, wait(run) - run.heldNanos());
        }
        return Math.max(0, least);
    }

    /** Returns how long the job may wait for others, in nanoseconds. */
    long wait(JobRun run) {
        Handler handler = isNone() ? null : handlerWithOthers(run);
        return handler == null ? 0 : wait(handler);
    }

    private static int size(Handler handler) {
        return handler.batching() == null ? 1 : handler.batching().size();
    }

    private static long wait(Handler handler) {
        return handler.batching() == null ? 0 : handler.batching().maxWait().toNanos();
    }

    /** Returns whether the job does not wait for others. */
    boolean runsAlone(JobRun run) {
        return handlerWithOthers(run) == null;
    }

    private @Nullable Handler handlerWithOthers(JobRun run) {
        return run.attempt() > 1 || run.job().quarantined() ? null : handler(run);
    }
}
