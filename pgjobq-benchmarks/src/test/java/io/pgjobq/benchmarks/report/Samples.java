package io.pgjobq.benchmarks.report;

import io.pgjobq.benchmarks.harness.Figure;
import io.pgjobq.benchmarks.harness.Meter.Used;

/** Figures for tests. */
final class Samples {

    private Samples() {}

    /** So many jobs in a second. */
    static Figure rate(String workload, String system, int round, long rate) {
        return Figure.of(workload, system, round, rate, new Used(1, 2 * rate, 3 * rate, 400 * rate));
    }
}
