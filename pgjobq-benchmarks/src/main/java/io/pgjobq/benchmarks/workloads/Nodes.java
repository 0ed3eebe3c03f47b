package io.pgjobq.benchmarks.workloads;

import io.pgjobq.benchmarks.harness.NodeProcess;
import io.pgjobq.benchmarks.harness.Server.Database;
import io.pgjobq.benchmarks.systems.Client;
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

    /**
     * Starts processes and lets each get warm with so many jobs in a database of its own. All go on when all are warm: call
     * {@link #goOn()}.
     */
    void launchWarm(int count, ClientOptions options, Bench bench, int jobs) {
        List<Database> databases = filled(count, bench, jobs);
        for (Database each : databases) {
            processes.add(SystemNode.launch(system, table.database(), options, table.ledger(), each, jobs));
        }
        processes.forEach(NodeProcess::awaitReady);
        databases.forEach(table.server()::drop);
    }

    private List<Database> filled(int count, Bench bench, int jobs) {
        List<Database> databases = new ArrayList<>();
        try (Bench.Table first = bench.prepare(system, jobs)) {
            try (Client sender = system.open(first.database(), ClientOptions.SENDER, first.ledger())) {
                Bench.load(sender, 0, jobs);
            }
            Bench.analyze(first);
            first.meter().close();
            for (int i = 0; i < count; i++) {
                databases.add(table.server().createDatabase(first.database()));
            }
        }
        return databases;
    }

    /** Lets those that got warm go on. */
    void goOn() {
        processes.forEach(NodeProcess::goOn);
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
