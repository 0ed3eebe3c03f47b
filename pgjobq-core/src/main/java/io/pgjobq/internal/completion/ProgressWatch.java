package io.pgjobq.internal.completion;

import io.pgjobq.internal.store.StoredProgress;
import io.pgjobq.internal.support.Background;
import io.pgjobq.internal.support.Guarded;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongFunction;
import org.springframework.dao.PermissionDeniedDataAccessException;

/** Those who want to know how far jobs are. Only their jobs are looked up, when somebody has told of progress. Thread-safe. */
final class ProgressWatch {

    private final Ends ends;
    private final Executor callbacks;
    private final int mostAtOnce;

    private final LongFunction<List<Waiter<?>>> waiters;

    private final Guarded<Set<Long>> toLookUp;

    /**
     * @param background whose thread looks up
     * @param waiters who waits for a job
     */
    ProgressWatch(
            Ends ends,
            Background background,
            Executor callbacks,
            int mostAtOnce,
            LongFunction<List<Waiter<?>>> waiters) {
        this.ends = ends;
        this.toLookUp = background.guard(new LinkedHashSet<>());
        this.callbacks = callbacks;
        this.mostAtOnce = mostAtOnce;
        this.waiters = waiters;
    }

    /** Nobody waits for the job any more. */
    void forget(long job) {
        toLookUp.change(asked -> asked.remove(job));
    }

    /** The progress of jobs was written in this process. */
    void progressed(List<StoredProgress> written) {
        for (StoredProgress each : written) {
            of(each.job()).forEach(waiter -> waiter.progressed(each.progress()));
        }
    }

    private List<Waiter<?>> of(long job) {
        return waiters.apply(job).stream().filter(Waiter::wantsProgress).toList();
    }

    /** Those of the jobs are to be looked up that somebody watches. */
    void ask(Collection<Long> jobs) {
        toLookUp.change(asked -> jobs.stream().filter(job -> !of(job).isEmpty()).forEach(asked::add));
    }

    /** Returns whether there is something to look up. */
    boolean isAsked() {
        return toLookUp.read(asked -> !asked.isEmpty());
    }

    /** Looks up some jobs. Those are marked as waited for by then, so that whatever is written after the look is told of. */
    void lookUp() {
        List<Long> jobs = take();
        if (jobs.isEmpty()) {
            return;
        }
        try {
            progressed(ends.progress(jobs.stream().mapToLong(Long::longValue).toArray()));
        } catch (PermissionDeniedDataAccessException ex) {
            for (long job : jobs) {
                of(job).forEach(waiter -> callbacks.execute(() -> waiter.progressDenied(ex)));
            }
        } catch (RuntimeException | Error ex) {
            ask(jobs);
            throw ex;
        }
    }

    private List<Long> take() {
        return toLookUp.read(asked -> {
            List<Long> taken = asked.stream().limit(mostAtOnce).toList();
            taken.forEach(asked::remove);
            return taken;
        });
    }
}
