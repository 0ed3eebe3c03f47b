package io.pgjobq.benchmarks.workloads;

import io.pgjobq.benchmarks.harness.NodeProcess;
import io.pgjobq.benchmarks.systems.ClientOptions;
import io.pgjobq.benchmarks.systems.QueueSystem;
import io.pgjobq.benchmarks.systems.SystemNode;
import java.util.ArrayList;
import java.util.List;

/** Processes that run jobs of one system. Used by one thread. */
final class Nodes implements AutoCloseable {

    private final Bench.Table table;
    private final QueueSystem system;
    private final List<NodeProcess> processes = new ArrayList<>();

    Nodes(Bench.Table table, QueueSystem system) {
        this.table = table;
        this.system = system;
    }

    /** Starts processes, without waiting until they are ready. */
    void launch(int count, ClientOptions options) {
        for (int i = 0; i < count; i++) {
            processes.add(SystemNode.launch(system, table.database(), options, table.ledger()));
        }
    }

    /** Waits until all are ready, and counts what they use from now on. */
    void awaitReady() {
        for (NodeProcess each : processes) {
            each.awaitReady();
            table.meter().addClients(each.pids());
        }
    }

    @Override
    public void close() {
        processes.forEach(NodeProcess::end);
        processes.forEach(NodeProcess::close);
        processes.clear();
    }
}
