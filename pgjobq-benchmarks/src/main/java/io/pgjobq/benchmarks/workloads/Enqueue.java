package io.pgjobq.benchmarks.workloads;

import io.pgjobq.benchmarks.harness.Figure;
import io.pgjobq.benchmarks.harness.Slices;
import io.pgjobq.benchmarks.harness.Slices.Side;
import io.pgjobq.benchmarks.harness.Slices.Turn;
import io.pgjobq.benchmarks.systems.Client;
import io.pgjobq.benchmarks.systems.ClientOptions;
import io.pgjobq.benchmarks.systems.QueueSystem;
import io.pgjobq.benchmarks.systems.Systems;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Threads send job after job, each in a transaction of its own; nobody runs them. They take turns with the bare insert of the
 * floor, in a database beside it, which is the second figure.
 *
 * @param threads how many threads send
 */
public record Enqueue(int threads) implements Workload {

    private static final Duration SLICE = Duration.ofMillis(500);

    @Override
    public String name() {
        return "enqueue-" + threads;
    }

    /** What the figures are called. */
    public String title() {
        return "enqueue one by one, " + (threads == 1 ? "1 thread" : threads + " threads");
    }

    /** What the bare insert beside it is called. */
    public String bare() {
        return title() + ": bare insert meanwhile";
    }

    @Override
    public boolean suits(QueueSystem system) {
        return true;
    }

    @Override
    public List<Figure> run(Bench bench, QueueSystem system, int round) {
        int slices = (int) (bench.size().stretch().toMillis() / 2 / SLICE.toMillis());
        try (Bench.Table table = bench.prepare(system, 0);
                Bench.Table beside = bench.prepare(Systems.FLOOR, 0);
                Client client = system.open(table.database(), ClientOptions.SENDER, table.ledger());
                Client floor = Systems.FLOOR.open(beside.database(), ClientOptions.SENDER, beside.ledger())) {
            table.meter().addClients(client.processes());
            List<Side> sides = system == Systems.FLOOR ? List.of(client::send) : List.of(client::send, floor::send);
            List<Turn> turns = Slices.run(table.meter(), threads, Math.max(1, slices), SLICE, sides);
            List<Figure> figures = new ArrayList<>();
            for (Turn turn : turns) {
                String title = figures.isEmpty() ? title() : bare();
                figures.add(Figure.of(title, system.name(), round, Math.max(1, turn.count()), turn.used()));
            }
            return figures;
        }
    }
}
