package io.pgjobq.benchmarks.workloads;

import io.pgjobq.benchmarks.harness.Figure;
import io.pgjobq.benchmarks.harness.Meter.Used;

/** Whose figure it is, and of what. */
record Label(String workload, String system, int round) {

    /** Returns the figure. */
    Figure figure(long jobs, Used used) {
        return Figure.of(workload, system, round, jobs, used);
    }
}
