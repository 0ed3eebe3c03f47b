package io.pgjobq.benchmarks.workloads;

import io.pgjobq.benchmarks.harness.Figure;
import io.pgjobq.benchmarks.systems.QueueSystem;
import java.util.List;

/** Something that systems are asked to do, measured. */
public interface Workload {

    /** The name by which the command line and the report know it. */
    String name();

    /** Returns whether it can be asked of the system. */
    boolean suits(QueueSystem system);

    /** Runs it once, on a database of its own. */
    List<Figure> run(Bench bench, QueueSystem system, int round);
}
