package io.pgjobq.internal.completion;

import io.pgjobq.internal.store.StoredProgress;
import io.pgjobq.internal.support.Background;
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
    private final Background background;
    private final Executor callbacks;
    private final int mostAtOnce;

    private final LongFunction<List<Waiter<?>>> waiters;

    /** Guarded by the background's lock. */
    private final Set<Long> toLookUp = new LinkedHashSet<>();

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
        this.background = background;
        this.callbacks = callbacks;
        this.mostAtOnce = mostAtOnce;
        this.waiters = waiters;
    }

    /** Nobody waits for the job any more. */
    void forget(long job) {
        background.change(() -> toLookUp.remove(job));
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
        background.change(() -> jobs.stream().filter(job -> !of(job).isEmpty()).forEach(toLookUp::add));
    }

    /** Returns whether there is something to look up. Asked under the background's lock. */
    boolean isAsked() {
        return !toLookUp.isEmpty();
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
        return background.read(() -> {
            List<Long> taken = toLookUp.stream().limit(mostAtOnce).toList();
            taken.forEach(toLookUp::remove);
            return taken;
        });
    }
}
