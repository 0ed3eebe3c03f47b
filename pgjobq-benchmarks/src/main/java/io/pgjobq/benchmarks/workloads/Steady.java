package io.pgjobq.benchmarks.workloads;

import io.pgjobq.benchmarks.harness.Figure;
import io.pgjobq.benchmarks.harness.Latencies;
import io.pgjobq.benchmarks.harness.Meter.Reading;
import io.pgjobq.benchmarks.harness.OpenLoop;
import io.pgjobq.benchmarks.harness.Payload;
import io.pgjobq.benchmarks.systems.Client;
import io.pgjobq.benchmarks.systems.ClientOptions;
import io.pgjobq.benchmarks.systems.QueueSystem;
import io.pgjobq.benchmarks.systems.Systems;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * So many jobs a second, sent at times that were fixed beforehand, whatever becomes of those before; run by another process.
 * Latencies are those from the commit to the start of the handler, and from the moment at which the job was meant to be
 * sent. The first jobs, while the processes get warm, are not counted. A job that has not started when the time is over
 * counts as if it had started then.
 *
 * @param rate jobs a second
 */
public record Steady(int rate) implements Workload {

    /** How long the processes get warm, as part of the measured time. */
    private static final double WARM_UP = 0.3;

    @Override
    public String name() {
        return "steady-" + rate;
    }

    /** What the figures are called. */
    public String title() {
        return String.format(Locale.ROOT, "steady %,d/s", rate);
    }

    @Override
    public boolean suits(QueueSystem system) {
        return system != Systems.FLOOR;
    }

    @Override
    public List<Figure> run(Bench bench, QueueSystem system, int round) {
        int jobs = (int) (rate * bench.size().stretch().toMillis() / 1000);
        int warmUp = (int) (jobs * WARM_UP);
        try (Bench.Table table = bench.prepare(system, warmUp + jobs);
                Nodes nodes = new Nodes(table, system);
                Client client = system.open(table.database(), ClientOptions.SENDER, table.ledger())) {
            nodes.launch(1, ClientOptions.WORKER);
            nodes.awaitReady();
            OpenLoop loop = OpenLoop.start(
                    rate, warmUp + jobs, patience(bench), job -> client.sendTimed(Payload.of(job, Bench.PAYLOAD)));
            Pause.untilNanos(loop.intended(warmUp));
            Reading start = table.meter().read();
            loop.await();
            boolean over = !table.ledger().await(warmUp + jobs, patience(bench));
            return List.of(figure(table, loop, start, warmUp, new Label(title(), system.name(), round), over));
        }
    }

    private static Duration patience(Bench bench) {
        return bench.limit().dividedBy(2);
    }

    private Figure figure(Bench.Table table, OpenLoop loop, Reading start, int warmUp, Label label, boolean over) {
        var used = table.meter().since(start);
        long end = System.nanoTime();
        long last = 0;
        long done = 0;
        Latencies fromCommit = new Latencies();
        Latencies fromIntended = new Latencies();
        for (int job = warmUp; job < loop.jobs(); job++) {
            long started = table.ledger().startedAt(job);
            done += started == 0 ? 0 : 1;
            started = started == 0 ? end : started;
            last = job == warmUp ? started : Math.max(last, started);
            if (loop.committed(job) != 0) {
                fromCommit.add(started - loop.committed(job));
            }
            fromIntended.add(started - loop.intended(job));
        }
        Map<String, Double> latencies = new LinkedHashMap<>(fromCommit.percentiles(""));
        latencies.putAll(fromIntended.percentiles("from intended: "));
        double seconds = (last - loop.intended(warmUp)) / 1e9;
        boolean behind = over || done / seconds < rate * 0.95;
        return label.figure(Math.max(1, done), used.in(seconds))
                .withLatencies(latencies)
                .withEnd(table.ledger().repeated(), behind);
    }
}
