package io.pgjobq.internal.progress;

import io.pgjobq.internal.store.ClaimedJob;
import io.pgjobq.internal.store.ReportedProgress;
import io.pgjobq.internal.support.Log;
import io.pgjobq.internal.support.StorableText;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** What one attempt has reported and nobody has written yet: the latest only. Thread-safe. */
public final class ProgressReport {

    private static final int LONGEST_MESSAGE = 500;

    private static final Logger LOG = Log.of(ProgressReport.class);

    private final ClaimedJob job;
    private final Sink sink;
    private final AtomicReference<@Nullable Latest> latest = new AtomicReference<>();
    private volatile boolean over;

    /** Takes reports to where they are written. Must not block. */
    @FunctionalInterface
    public interface Sink {

        /** There is something to be written. Told once, until that is taken. */
        void reported(ProgressReport report);
    }

    private record Latest(long done, long total, @Nullable String message) {}

    public ProgressReport(ClaimedJob job, Sink sink) {
        this.job = job;
        this.sink = sink;
    }

    /** Replaces what has not been written yet. */
    public void set(long done, long total, @Nullable String message) {
        if (!over && latest.getAndSet(new Latest(done, total, message)) == null) {
            try {
                sink.reported(this);
            } catch (RuntimeException | Error ex) {
                // News is no reason to fail a handler; the next report tries again.
                latest.set(null);
                LOG.debug("job {}: its progress can't be written", job.id(), ex);
            }
        }
    }

    /** The attempt has ended: what is left need not be written. */
    public void close() {
        over = true;
    }

    /** Returns what is to be written, {@code null} if nothing is. */
    @Nullable
    ReportedProgress take() {
        Latest taken = latest.getAndSet(null);
        if (taken == null || over) {
            return null;
        }
        String message = taken.message() == null ? null : StorableText.of(taken.message(), LONGEST_MESSAGE);
        return new ReportedProgress(job, taken.done(), taken.total(), message);
    }

    /** What was taken could not be written; returns whether it is to be taken again. */
    boolean giveBack(ReportedProgress taken) {
        return !over && latest.compareAndSet(null, new Latest(taken.done(), taken.total(), taken.message()));
    }
}
