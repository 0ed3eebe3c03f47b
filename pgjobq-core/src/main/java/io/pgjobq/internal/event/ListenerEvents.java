package io.pgjobq.internal.event;

import io.pgjobq.JobContext;
import io.pgjobq.JobListener;
import io.pgjobq.internal.support.Background;
import io.pgjobq.internal.support.Guarded;
import io.pgjobq.internal.support.Log;
import io.pgjobq.internal.support.Vitals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Tells listeners on a thread of its own, so that one that is slow, or throws, is in nobody's way. Thread-safe. */
public final class ListenerEvents implements JobEvents {

    private static final Logger LOG = Log.of(ListenerEvents.class);

    private final Iterable<? extends JobListener> found;
    private final Background background;

    /** Empty before the start and after the stop, so that nothing is kept then. */
    private volatile List<JobListener> listeners = List.of();

    private final Guarded<EventQueue> events;

    /**
     * @param found asked for at the start
     * @param capacity how many events may wait
     * @param nanoTime a clock that only goes on
     */
    public ListenerEvents(Iterable<? extends JobListener> found, int capacity, LongSupplier nanoTime) {
        this.found = found;
        // What fails here is no reason for the node to get out of the way.
        this.background = new Background("pgjobq-listeners", new Vitals(Duration.ofDays(1), nanoTime));
        this.events = background.guard(new EventQueue(capacity));
    }

    /** Finds the listeners, and starts the thread if there are any. */
    public void start() {
        List<JobListener> all = new ArrayList<>();
        found.forEach(all::add);
        if (!all.isEmpty()) {
            listeners = List.copyOf(all);
            background.start(this::step);
        }
    }

    /** Tells what is left, for at most 5 seconds, and ends the thread. */
    public void stop() throws InterruptedException {
        background.stop();
        listeners = List.of();
        events.change(EventQueue::clear);
    }

    @Override
    public void started(JobContext job) {
        tell(listener -> listener.started(job));
    }

    @Override
    public void succeeded(JobContext job, long micros) {
        tell(listener -> listener.succeeded(job, Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(micros))));
    }

    @Override
    public void retried(JobContext job, long micros, Throwable failure, Duration next) {
        tell(listener -> listener.retried(job, failure, next));
    }

    @Override
    public void snoozed(JobContext job, long micros, Duration next) {
        tell(listener -> listener.snoozed(job, next));
    }

    @Override
    public void cancelled(JobContext job, long micros) {
        tell(listener -> listener.cancelled(job));
    }

    @Override
    public void died(JobContext job, long micros, Throwable failure) {
        tell(listener -> listener.died(job, failure));
    }

    @Override
    public void givenBack(JobContext job) {
        tell(listener -> listener.givenBack(job));
    }

    private void tell(Consumer<JobListener> event) {
        if (listeners.isEmpty()) {
            return;
        }
        try {
            events.change(queue -> queue.add(event));
        } catch (RuntimeException | Error ex) {
            // There is no memory for it. Whoever runs the job must not suffer from that.
            LOG.debug("an event is not told", ex);
        }
    }

    /** Tells one event; returns whether to go on. */
    private boolean step() throws InterruptedException {
        events.await(queue -> !queue.isEmpty());
        Consumer<JobListener> event = events.<@Nullable Consumer<JobListener>>read(EventQueue::next);
        if (event == null) {
            return false;
        }
        for (JobListener listener : listeners) {
            tell(listener, event);
        }
        return true;
    }

    private static void tell(JobListener listener, Consumer<JobListener> event) {
        try {
            event.accept(listener);
        } catch (RuntimeException | Error ex) {
            LOG.warn("{}: a job listener has failed", listener.getClass().getName(), ex);
        }
    }
}
