package io.pgjobq.internal.event;

import io.pgjobq.JobContext;
import io.pgjobq.NodeMonitor;
import io.pgjobq.internal.support.Log;
import io.pgjobq.internal.support.ServerClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;

/** Tells monitors in the thread that does it. None of them can harm it. Thread-safe. */
public final class MonitorEvents implements JobEvents {

    private static final Logger LOG = Log.of(MonitorEvents.class);

    private final Iterable<? extends NodeMonitor> found;
    private final ServerClock clock;

    /** Empty before the start and after the stop. */
    private volatile List<NodeMonitor> monitors = List.of();

    /**
     * @param found asked for at the start
     * @param clock tells what sending and waiting are measured by
     */
    public MonitorEvents(Iterable<? extends NodeMonitor> found, ServerClock clock) {
        this.found = found;
        this.clock = clock;
    }

    /** Finds the monitors. */
    public void start() {
        List<NodeMonitor> all = new ArrayList<>();
        found.forEach(all::add);
        monitors = List.copyOf(all);
    }

    /** Tells nothing more. */
    public void stop() {
        monitors = List.of();
    }

    @Override
    public void started(JobContext job) {
        if (!monitors.isEmpty()) {
            Duration waited = clock.since(job.readyAt());
            tell(monitor -> monitor.started(job, waited));
        }
    }

    @Override
    public void succeeded(JobContext job, long micros) {
        if (!monitors.isEmpty()) {
            Duration ran = duration(micros);
            Duration age = clock.since(job.sentAt());
            tell(monitor -> monitor.succeeded(job, ran, age));
        }
    }

    @Override
    public void retried(JobContext job, long micros, Throwable failure, Duration next) {
        tell(monitor -> monitor.retried(job, duration(micros), failure));
    }

    @Override
    public void snoozed(JobContext job, long micros, Duration next) {
        tell(monitor -> monitor.snoozed(job, duration(micros)));
    }

    @Override
    public void cancelled(JobContext job, long micros) {
        tell(monitor -> monitor.cancelled(job, duration(micros)));
    }

    @Override
    public void died(JobContext job, long micros, Throwable failure) {
        tell(monitor -> monitor.died(job, duration(micros), failure));
    }

    @Override
    public void givenBack(JobContext job) {
        returned(job.queue(), 1);
    }

    @Override
    public void returned(String queue, int jobs) {
        if (jobs > 0) {
            tell(monitor -> monitor.givenBack(queue, jobs));
        }
    }

    @Override
    public void sent(String queue, int jobs) {
        if (jobs > 0) {
            tell(monitor -> monitor.sent(queue, jobs));
        }
    }

    @Override
    public void claimed(String queue, int jobs, long nanos) {
        tell(monitor -> monitor.claimed(queue, jobs, Duration.ofNanos(nanos)));
    }

    @Override
    public void settled(int jobs, long nanos) {
        tell(monitor -> monitor.settled(jobs, Duration.ofNanos(nanos)));
    }

    @Override
    public void notified(long nanos) {
        tell(monitor -> monitor.notified(Duration.ofNanos(nanos)));
    }

    @Override
    public void foundByPolling(String queue) {
        tell(monitor -> monitor.foundByPolling(queue));
    }

    @Override
    public void rescued(String queue, long jobs, long dead) {
        tell(monitor -> monitor.rescued(queue, jobs, dead));
    }

    @Override
    public void nodeLost(int number, String name) {
        tell(monitor -> monitor.nodeLost(number, name));
    }

    @Override
    public void paused(String queue, boolean paused) {
        tell(monitor -> {
            if (paused) {
                monitor.paused(queue);
            } else {
                monitor.resumed(queue);
            }
        });
    }

    private static Duration duration(long micros) {
        return Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(micros));
    }

    private void tell(Consumer<NodeMonitor> event) {
        for (NodeMonitor monitor : monitors) {
            try {
                event.accept(monitor);
            } catch (RuntimeException | Error ex) {
                // It may happen for each job, and those who run them must not suffer from it.
                LOG.debug("{}: a monitor has failed", monitor.getClass().getName(), ex);
            }
        }
    }
}
