package io.pgjobq.internal.progress;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.pgjobq.internal.notify.Doorbell;
import io.pgjobq.internal.store.ProgressStore.Written;
import io.pgjobq.internal.store.ReportedProgress;
import io.pgjobq.internal.support.Log;
import io.pgjobq.internal.support.Outage;
import io.pgjobq.internal.support.Timer;
import io.pgjobq.internal.support.Vitals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * Writes how far this node's jobs are: what was reported within a second by one statement, however many jobs and reports those
 * were. The first report after a second without any is written at once. Only one write is under way at a time, on a thread that
 * is borrowed for it, so that a node whose handlers report nothing does nothing. Thread-safe.
 */
public final class ProgressWriter implements ProgressReport.Sink {

    static final Duration EVERY = Duration.ofSeconds(1);

    static final int MOST_AT_ONCE = 1_000;

    private static final Logger LOG = Log.of(ProgressWriter.class);

    private final Table table;
    private final ProgressListener listener;
    private final Doorbell doorbell;
    private final Timer timer;
    private final Executor threads;
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();

    /** Used by whoever writes. */
    private final Outage outage;

    /** Those that have something to be written. */
    @GuardedBy("lock")
    private final Set<ProgressReport> waiting = new LinkedHashSet<>();

    /** Before this moment nothing is written. */
    @GuardedBy("lock")
    private long notBefore;

    /** A write is under way, or will be. */
    @GuardedBy("lock")
    private boolean scheduled;

    @GuardedBy("lock")
    private boolean open;

    /** Where progress is written. */
    @FunctionalInterface
    public interface Table {

        /** Writes how far jobs are that this node holds, each named once. */
        Written record(List<ReportedProgress> reports);
    }

    /** What was taken of a report. */
    private record Taken(ProgressReport report, ReportedProgress progress) {}

    /** @param threads where is written */
    public ProgressWriter(
            Table table,
            ProgressListener listener,
            Doorbell doorbell,
            Timer timer,
            Executor threads,
            Vitals vitals,
            LongSupplier nanoTime) {
        this.table = table;
        this.listener = listener;
        this.doorbell = doorbell;
        this.timer = timer;
        this.threads = threads;
        this.outage = new Outage(LOG, "writing progress", vitals);
        this.nanoTime = nanoTime;
        this.notBefore = nanoTime.getAsLong();
    }

    /** Reports are written from now on. */
    public void start() {
        lock.lock();
        try {
            open = true;
        } finally {
            lock.unlock();
        }
    }

    /** Nothing more is written. */
    public void stop() {
        lock.lock();
        try {
            open = false;
            waiting.clear();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void reported(ProgressReport report) {
        lock.lock();
        try {
            if (open) {
                waiting.add(report);
                if (!scheduled) {
                    schedule(Duration.ofNanos(Math.max(0, notBefore - nanoTime.getAsLong())));
                }
            }
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void schedule(Duration pause) {
        timer.after(pause, () -> threads.execute(this::write));
        scheduled = true;
    }

    private void write() {
        Duration pause = EVERY;
        try {
            pause = write(take());
        } finally {
            written(pause);
        }
    }

    /** Returns in how long to write again. */
    private Duration write(List<Taken> all) {
        try {
            for (int from = 0; from < all.size(); from += MOST_AT_ONCE) {
                List<Taken> some = all.subList(from, Math.min(all.size(), from + MOST_AT_ONCE));
                tell(table.record(some.stream().map(Taken::progress).toList()));
            }
            if (!all.isEmpty()) {
                outage.recovered();
            }
            return EVERY;
        } catch (RuntimeException | Error ex) {
            return failed(all, ex);
        }
    }

    private void tell(Written written) {
        listener.progressed(written.progress());
        doorbell.announceProgress(written.awaited());
    }

    private Duration failed(List<Taken> all, Throwable failure) {
        if (!isOpen()) {
            LOG.debug("writing progress: failed while stopping", failure);
            return EVERY;
        }
        for (Taken taken : all) {
            if (taken.report().giveBack(taken.progress())) {
                waitAgain(taken.report());
            }
        }
        Duration pause = outage.failed(failure);
        return pause.compareTo(EVERY) < 0 ? EVERY : pause;
    }

    private void waitAgain(ProgressReport report) {
        lock.lock();
        try {
            waiting.add(report);
        } finally {
            lock.unlock();
        }
    }

    private boolean isOpen() {
        lock.lock();
        try {
            return open;
        } finally {
            lock.unlock();
        }
    }

    /** Takes what is there. Whatever is reported after that is written the next time. */
    private List<Taken> take() {
        List<ProgressReport> reports;
        lock.lock();
        try {
            reports = List.copyOf(waiting);
            waiting.clear();
        } finally {
            lock.unlock();
        }
        List<Taken> all = new ArrayList<>(reports.size());
        for (ProgressReport report : reports) {
            ReportedProgress progress = report.take();
            if (progress != null) {
                all.add(new Taken(report, progress));
            }
        }
        return all;
    }

    private void written(Duration pause) {
        lock.lock();
        try {
            scheduled = false;
            notBefore = nanoTime.getAsLong() + pause.toNanos();
            if (open && !waiting.isEmpty()) {
                schedule(pause);
            }
        } finally {
            lock.unlock();
        }
    }
}
