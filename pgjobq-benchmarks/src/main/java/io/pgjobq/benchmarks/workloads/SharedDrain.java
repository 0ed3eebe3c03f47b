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
 * A backlog is worked off by several processes, once by each number of them. Each first gets warm with as many jobs in a
 * database of its own, so that queues are compared and not compilers; when all are warm they meet the backlog, and measured
 * is what follows when a fifth of it has started. A system that can be paused (pgjobq) is paused until all have opened it.
 *
 * @param counts how many processes, one after the other
 */
public record SharedDrain(String name, List<Integer> counts) implements Workload {

    /** How long at most processes may go on to compile what they have started with, and how often that is looked at. */
    private static final Duration REST = Duration.ofSeconds(20);

    private static final Duration LOOK = Duration.ofMillis(500);

    /** How many processors idle processes use at most. */
    private static final double QUIET = 0.1;

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
        int jobs = bench.size().shared();
        try (Bench.Table table = bench.prepare(system, jobs);
                Nodes nodes = new Nodes(table, system)) {
            nodes.launchWarm(count, ClientOptions.WORKER, bench, bench.size().warmUpShared());
            try (Client sender = system.open(table.database(), ClientOptions.SENDER, table.ledger())) {
                if (sender instanceof PgJobQClient pausing) {
                    pausing.pause();
                    Bench.load(sender, 0, jobs);
                    open(table, nodes);
                    rest(table);
                    pausing.resume();
                } else {
                    jobs = bench.sendAll(sender, 0, jobs, Bench.PAYLOAD);
                    open(table, nodes);
                }
            }
            return measure(bench, table, system, jobs, label, jobs / 5, nodes);
        }
    }

    private static void open(Bench.Table table, Nodes nodes) {
        Bench.analyze(table);
        table.meter().checkpoint();
        nodes.goOn();
        nodes.awaitReady();
    }

    /** Waits until the processes have compiled what their start made them compile. */
    private static void rest(Bench.Table table) {
        long until = System.nanoTime() + REST.toNanos();
        double used = 1;
        while (used > QUIET && System.nanoTime() < until) {
            Reading start = table.meter().read();
            Pause.untilNanos(start.nanos() + LOOK.toNanos());
            Used since = table.meter().since(start);
            used = since.clientMicros() / 1e6 / since.seconds();
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
}
