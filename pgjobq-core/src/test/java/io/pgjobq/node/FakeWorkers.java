package io.pgjobq.node;

import io.pgjobq.store.ReadyJobs;
import java.util.ArrayList;
import java.util.List;

/** Remembers what upkeep does for the workers. */
final class FakeWorkers implements Maintenance.Workers {

    final List<String> calls = new ArrayList<>();
    boolean took;
    long[] orphans = {};

    @Override
    public int[] queues() {
        return new int[] {7};
    }

    @Override
    public void advance(long seq) {
        calls.add("advance " + seq);
    }

    @Override
    public boolean tookJobs() {
        return took;
    }

    @Override
    public long[] orphans(List<Long> claims) {
        calls.add("compare " + claims);
        return orphans;
    }

    @Override
    public void release(long[] claims) {
        calls.add("release " + claims.length);
    }

    @Override
    public void reportUnknownTypes(ReadyJobs from) {
        calls.add("report " + from);
    }
}
