package io.pgjobq.benchmarks.workloads;

import io.pgjobq.benchmarks.harness.Figure;
import io.pgjobq.benchmarks.harness.Ledger;
import io.pgjobq.benchmarks.harness.Meter.Counts;
import io.pgjobq.benchmarks.harness.Meter.Reading;
import io.pgjobq.benchmarks.harness.Meter.Used;
import io.pgjobq.benchmarks.systems.Client;
import io.pgjobq.benchmarks.systems.ClientOptions;
import io.pgjobq.benchmarks.systems.PgJobQSystem.PgJobQClient;
import io.pgjobq.benchmarks.systems.QueueSystem;
import io.pgjobq.benchmarks.systems.Systems;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A backlog is worked off by several processes, once by each number of them. They first get warm with some jobs each; then
 * the backlog is sent, and measured is what follows when all are at work and a fifth of it has started. A system that can be
 * paused (pgjobq) is paused while the backlog is sent; another meets the backlog at its start.
 *
 * @param counts how many processes, one after the other
 */
public record SharedDrain(String name, List<Integer> counts) implements Workload {

    private static final int WARM_UP_EACH = 10_000;

    private static final Duration START = Duration.ofSeconds(120);

    /** What the figures are called. */
    public static String title(int count) {
        return "drain by " + (count == 1 ? "1 process" : count + " processes");
    }

    @Override
    public boolean suits(QueueSystem system) {
        return system != Systems.FLOOR;
    }

    @Override
    public List<Figure> run(Bench bench, QueueSystem system, int round) {
        List<Figure> figures = new ArrayList<>();
        for (int i = 0; i < counts.size(); i++) {
            int count = counts.get((i + round) % counts.size());
            figures.add(run(bench, system, count, new Label(title(count), system.name(), round)));
        }
        return figures;
    }

    private Figure run(Bench bench, QueueSystem system, int count, Label label) {
        boolean pauses = system == Systems.PGJOBQ || system == Systems.PGJOBQ_HISTORY;
        int warmUp = pauses ? Math.min(WARM_UP_EACH, bench.size().shared() / 10) * count : 0;
        int jobs = bench.size().shared();
        try (Bench.Table table = bench.prepare(system, warmUp + jobs);
                Nodes nodes = new Nodes(table, system)) {
            try (Client sender = system.open(table.database(), ClientOptions.SENDER, table.ledger())) {
                if (sender instanceof PgJobQClient pausing) {
                    nodes.launch(count, ClientOptions.WORKER);
                    nodes.awaitReady();
                    Bench.load(sender, 0, warmUp);
                    require(bench.awaitAll(table, system, warmUp, START));
                    pausing.pause();
                    Bench.load(sender, warmUp, warmUp + jobs);
                    pausing.resume();
                } else {
                    jobs = bench.sendAll(sender, 0, jobs, Bench.PAYLOAD);
                    Bench.analyze(table);
                    nodes.launch(count, ClientOptions.WORKER);
                    nodes.awaitReady();
                }
            }
            return measure(bench, table, system, warmUp + jobs, label, warmUp + jobs / 5, nodes);
        }
    }

    private static Figure measure(
            Bench bench, Bench.Table table, QueueSystem system, int jobs, Label label, int from, Nodes nodes) {
        Ledger ledger = table.ledger();
        boolean over = !ledger.await(from, bench.limit());
        long begun = ledger.started();
        Counts before = table.meter().counts();
        Reading start = table.meter().read();
        over |= !bench.awaitAll(table, system, jobs, bench.limit().multipliedBy(4));
        Used used = table.meter().since(start);
        long worked = Math.max(1, ledger.started() - begun);
        nodes.close();
        Counts counts = table.meter().counts().since(before);
        return label.figure(worked, used).with(counts).withEnd(ledger.repeated(), over);
    }

    private static void require(boolean warm) {
        if (!warm) {
            throw new IllegalStateException("the processes did not get warm within " + START);
        }
    }
}
