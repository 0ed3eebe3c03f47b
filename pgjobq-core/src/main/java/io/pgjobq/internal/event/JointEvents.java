package io.pgjobq.internal.event;

import io.pgjobq.JobContext;
import java.time.Duration;

/** Tells listeners, on their own thread, and monitors, on the spot. Thread-safe. */
public record JointEvents(ListenerEvents listeners, MonitorEvents monitors) implements JobEvents {

    @Override
    public void started(JobContext job) {
        monitors.started(job);
        listeners.started(job);
    }

    @Override
    public void succeeded(JobContext job, long micros) {
        monitors.succeeded(job, micros);
        listeners.succeeded(job, micros);
    }

    @Override
    public void retried(JobContext job, long micros, Throwable failure, Duration next) {
        monitors.retried(job, micros, failure, next);
        listeners.retried(job, micros, failure, next);
    }

    @Override
    public void snoozed(JobContext job, long micros, Duration next) {
        monitors.snoozed(job, micros, next);
        listeners.snoozed(job, micros, next);
    }

    @Override
    public void cancelled(JobContext job, long micros) {
        monitors.cancelled(job, micros);
        listeners.cancelled(job, micros);
    }

    @Override
    public void died(JobContext job, long micros, Throwable failure) {
        monitors.died(job, micros, failure);
        listeners.died(job, micros, failure);
    }

    @Override
    public void givenBack(JobContext job) {
        monitors.givenBack(job);
        listeners.givenBack(job);
    }

    @Override
    public void returned(String queue, int jobs) {
        monitors.returned(queue, jobs);
    }

    @Override
    public void sent(String queue, int jobs) {
        monitors.sent(queue, jobs);
    }

    @Override
    public void claimed(String queue, int jobs, long nanos) {
        monitors.claimed(queue, jobs, nanos);
    }

    @Override
    public void settled(int jobs, long nanos) {
        monitors.settled(jobs, nanos);
    }

    @Override
    public void notified(long nanos) {
        monitors.notified(nanos);
    }

    @Override
    public void foundByPolling(String queue) {
        monitors.foundByPolling(queue);
    }

    @Override
    public void rescued(String queue, long jobs, long dead) {
        monitors.rescued(queue, jobs, dead);
    }

    @Override
    public void nodeLost(int number, String name) {
        monitors.nodeLost(number, name);
    }

    @Override
    public void paused(String queue, boolean paused) {
        monitors.paused(queue, paused);
    }
}
