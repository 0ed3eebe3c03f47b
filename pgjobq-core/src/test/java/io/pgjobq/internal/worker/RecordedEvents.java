package io.pgjobq.internal.worker;

import io.pgjobq.JobContext;
import io.pgjobq.internal.event.JobEvents;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers what is told of attempts. */
final class RecordedEvents implements JobEvents {

    /** Each with the number of its job. */
    final List<String> told = new CopyOnWriteArrayList<>();

    @Override
    public void started(JobContext job) {
        told.add("started " + job.id());
    }

    @Override
    public void succeeded(JobContext job, long micros) {
        told.add("succeeded " + job.id());
    }

    @Override
    public void retried(JobContext job, long micros, Throwable failure, Duration next) {
        told.add("retried " + job.id() + " after " + message(failure) + " in " + next);
    }

    @Override
    public void snoozed(JobContext job, long micros, Duration next) {
        told.add("snoozed " + job.id() + " for " + next);
    }

    @Override
    public void cancelled(JobContext job, long micros) {
        told.add("cancelled " + job.id());
    }

    @Override
    public void died(JobContext job, long micros, Throwable failure) {
        told.add("died " + job.id() + " of " + message(failure));
    }

    @Override
    public void givenBack(JobContext job) {
        told.add("given back " + job.id());
    }

    private static String message(Throwable failure) {
        try {
            return failure.getMessage();
        } catch (RuntimeException ex) {
            return "what can't be told";
        }
    }
}
