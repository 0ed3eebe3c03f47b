package io.pgjobq.internal.worker;

import io.pgjobq.BatchJob;
import io.pgjobq.Handler;
import io.pgjobq.JobContext;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** An attempt with which the handler of its batch is called. Thread-safe. */
final class BatchEntry implements BatchJob<@Nullable Object> {

    /** Stands for no failure, when the handler can say none any more. */
    private static final Throwable NONE = new Throwable();

    private final JobRun run;
    private final Handler handler;
    private final @Nullable Object payload;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    BatchEntry(JobRun run, Handler handler, @Nullable Object payload) {
        this.run = run;
        this.handler = handler;
        this.payload = payload;
    }

    JobRun run() {
        return run;
    }

    Handler handler() {
        return handler;
    }

    // The checker does not know that T may be null.
    @SuppressWarnings("NullAway")
    @Override
    public @Nullable Object payload() {
        return payload;
    }

    @Override
    public JobContext context() {
        return run;
    }

    @Override
    public void fail(Throwable thrown) {
        Objects.requireNonNull(thrown, "a job is failed with an exception");
        if (!failure.compareAndSet(null, thrown) && failure.get() == NONE) {
            throw new IllegalStateException(run + ": can't be failed any more, as its handler has returned");
        }
    }

    /** Returns with what the handler has failed the job, {@code null} if it has not; it can't do so from now on. */
    @Nullable
    Throwable failure() {
        failure.compareAndSet(null, NONE);
        Throwable said = failure.get();
        return said == NONE ? null : said;
    }
}
