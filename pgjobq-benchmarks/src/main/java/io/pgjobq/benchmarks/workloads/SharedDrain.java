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
 * A backlog is worked off by several processes, once by each number of them. First they get warm together, with twice as many
 * jobs for each as are measured then, so that queues are compared and not compilers: with as many, these still took a quarter of
 * two processors when eight processes were measured. When they rest the processes meet the backlog, and measured is what
 * follows when a fifth of it has started. A system that can be paused (pgjobq) is paused while the backlog is
 * sent; of others, what is left when all is sent is measured.
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
        int warmUp = count * bench.size().warmUpShared();
        int jobs = bench.size().shared();
        try (Bench.Table table = bench.prepare(system, warmUp + jobs);
                Nodes nodes = new Nodes(table, system)) {
            nodes.launch(count, ClientOptions.WORKER);
            nodes.awaitReady();
            long measuredFrom;
            int all;
            try (Client sender = system.open(table.database(), ClientOptions.SENDER, table.ledger())) {
                int before = warmUp(bench, table, sender, warmUp);
                all = before + fill(bench, table, sender, before, jobs);
                measuredFrom = Math.max(table.ledger().started(), before + jobs / 5);
            }
            return measure(bench, table, system, all, label, measuredFrom, nodes);
        }
    }

    private static int warmUp(Bench bench, Bench.Table table, Client sender, int jobs) {
        int sent = jobs;
        if (sender instanceof PgJobQClient) {
            Bench.load(sender, 0, jobs);
        } else {
            sent = bench.sendAll(sender, 0, jobs, Bench.PAYLOAD);
        }
        var unused = table.ledger().await(sent, bench.limit());
        return sent;
    }

    private static int fill(Bench bench, Bench.Table table, Client sender, int from, int jobs) {
        if (!(sender instanceof PgJobQClient pausing)) {
            return bench.sendAll(sender, from, from + jobs, Bench.PAYLOAD);
        }
        pausing.pause();
        Bench.load(sender, from, from + jobs);
        table.database().execute("vacuum (analyze)");
        rest(table);
        pausing.resume();
        return jobs;
    }

    /** Waits until the processes have compiled what there is to compile. */
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
            Bench bench, Bench.Table table, QueueSystem system, int jobs, Label label, long from, Nodes nodes) {
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
