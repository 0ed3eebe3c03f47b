package io.pgjobq.internal.maintenance;

import io.pgjobq.internal.store.LanePosition;
import io.pgjobq.internal.store.Registration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Remembers what upkeep does for the workers. */
final class FakeWorkers implements Workers {

    final List<String> calls = new CopyOnWriteArrayList<>();
    /** The jobs that run here. */
    final List<Long> holds = new CopyOnWriteArrayList<>();

    boolean took;
    boolean givesBack;

    @Override
    public int[] queues() {
        return new int[] {7};
    }

    @Override
    public void missing(List<Integer> queues) {
        calls.add("missing " + queues);
    }

    @Override
    public void watchLocks() {}

    @Override
    public void advance(long seq) {
        calls.add("advance " + seq);
    }

    @Override
    public boolean tookJobs() {
        return took;
    }

    @Override
    public boolean cancel(long job, @Nullable String reason) {
        calls.add("cancel " + job + " " + reason);
        return holds.contains(job);
    }

    @Override
    public void lookEverywhere() {
        calls.add("look everywhere");
    }

    @Override
    public boolean auditClaims(Registration registration) {
        calls.add("compare " + registration.node());
        return givesBack;
    }

    @Override
    public void found(LanePosition ready) {
        calls.add("found " + ready);
    }

    @Override
    public void rescued(int queue, long jobs, long dead) {
        calls.add("rescued of " + queue + ": " + jobs + ", " + dead + " dead");
    }

    @Override
    public void nodeLost(int number, String name) {
        calls.add("lost " + number + " " + name);
    }

    @Override
    public void reportUnknownTypes(LanePosition from) {
        calls.add("report " + from);
    }
}
