package io.pgjobq.benchmarks.workloads;

import io.pgjobq.benchmarks.harness.Figure;
import io.pgjobq.benchmarks.harness.Meter.Counts;
import io.pgjobq.benchmarks.harness.Meter.Reading;
import io.pgjobq.benchmarks.harness.Meter.Used;
import io.pgjobq.benchmarks.systems.Client;
import io.pgjobq.benchmarks.systems.ClientOptions;
import io.pgjobq.benchmarks.systems.PgJobQSystem;
import io.pgjobq.benchmarks.systems.QueueSystem;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Ten nodes with nothing to do. The figures are for one second of one node; its commits are its statements, which are sent
 * one by one.
 */
public record IdleNodes() implements Workload {

    /** What the figures are called. */
    public static final String TITLE = "10 idle nodes, for a node and second";

    private static final int NODES = 10;

    /** The start is over, and sessions have reported it: the server lets idle ones do so after ten seconds. */
    private static final long SETTLE = TimeUnit.SECONDS.toNanos(12);

    @Override
    public String name() {
        return "idle-nodes";
    }

    @Override
    public boolean suits(QueueSystem system) {
        return system instanceof PgJobQSystem;
    }

    @Override
    public List<Figure> run(Bench bench, QueueSystem system, int round) {
        List<Client> nodes = new ArrayList<>();
        try (Bench.Table table = bench.prepare(system, 0)) {
            try {
                for (int i = 0; i < NODES; i++) {
                    nodes.add(system.open(table.database(), ClientOptions.WORKER, table.ledger()));
                }
                Pause.untilNanos(System.nanoTime() + SETTLE);
                Counts before = table.meter().counts();
                Reading start = table.meter().read();
                Pause.untilNanos(System.nanoTime() + bench.size().idle().toNanos());
                Used used = table.meter().since(start);
                Counts counts = table.meter().counts().since(before);
                long nodeSeconds = Math.round(used.seconds() * NODES);
                return List.of(Figure.of(TITLE, system.name(), round, nodeSeconds, used)
                        .with(counts));
            } finally {
                nodes.forEach(Client::close);
            }
        }
    }
}
