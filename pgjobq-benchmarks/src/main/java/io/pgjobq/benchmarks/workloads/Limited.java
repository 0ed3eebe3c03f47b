package io.pgjobq.benchmarks.workloads;

import io.pgjobq.benchmarks.harness.Figure;
import io.pgjobq.benchmarks.harness.Meter.Reading;
import io.pgjobq.benchmarks.harness.Meter.Used;
import io.pgjobq.benchmarks.systems.ClientOptions;
import io.pgjobq.benchmarks.systems.PgJobQSystem;
import io.pgjobq.benchmarks.systems.PgJobQSystem.PgJobQClient;
import io.pgjobq.benchmarks.systems.QueueSystem;
import java.time.Duration;
import java.util.List;

/**
 * Queues with limits, worked off by one node: eight jobs at once, with few jobs behind them and with many, of which the first are
 * measured; and a thousand starts a second of a backlog that never ends.
 */
public record Limited() implements Workload {

    /** Few jobs wait. */
    public static final String FEW = "limit of 8, few waiting";

    /** Many jobs wait. */
    public static final String MANY = "limit of 8, many waiting";

    /** A rate. */
    public static final String RATE = "limit of 1,000/s, many waiting";

    private static final int MEASURED = 5_000;
    private static final int BACKLOG = 200_000;
    private static final int WARM = 1_000;
    private static final Duration RATED = Duration.ofSeconds(10);
    private static final String LIMITS = "pgjobq.queues." + PgJobQSystem.QUEUE + ".limits.";

    @Override
    public String name() {
        return "limited";
    }

    @Override
    public boolean suits(QueueSystem system) {
        return system instanceof PgJobQSystem;
    }

    @Override
    public List<Figure> run(Bench bench, QueueSystem system, int round) {
        PgJobQSystem pgjobq = (PgJobQSystem) system;
        return List.of(
                drain(bench, pgjobq, new Label(FEW, system.name(), round), WARM + MEASURED),
                drain(bench, pgjobq, new Label(MANY, system.name(), round), BACKLOG),
                rate(bench, pgjobq, new Label(RATE, system.name(), round)));
    }

    private static Figure drain(Bench bench, PgJobQSystem system, Label label, int jobs) {
        try (Bench.Table table = loaded(bench, system, jobs);
                PgJobQClient worker = worker(system, table, LIMITS + "concurrency=8")) {
            worker.resume();
            boolean over = !table.ledger().await(WARM, bench.limit());
            long warm = table.ledger().started();
            Reading start = table.meter().read();
            over |= !table.ledger().await(WARM + MEASURED, bench.limit());
            Used used = table.meter().since(start);
            return label.figure(Math.max(1, table.ledger().started() - warm), used)
                    .withEnd(table.ledger().repeated(), over);
        }
    }

    private static Figure rate(Bench bench, PgJobQSystem system, Label label) {
        try (Bench.Table table = loaded(bench, system, BACKLOG);
                PgJobQClient worker = worker(system, table, LIMITS + "rate=1000/1s")) {
            worker.resume();
            boolean over = !table.ledger().await(2 * WARM, bench.limit());
            long warm = table.ledger().started();
            Reading start = table.meter().read();
            Pause.untilNanos(System.nanoTime() + RATED.toNanos());
            long started = table.ledger().started() - warm;
            Used used = table.meter().since(start);
            return label.figure(Math.max(1, started), used)
                    .withEnd(table.ledger().repeated(), over);
        }
    }

    private static Bench.Table loaded(Bench bench, PgJobQSystem system, int jobs) {
        Bench.Table table = bench.prepare(system, jobs);
        try (PgJobQClient sender = system.open(table.database(), ClientOptions.SENDER, table.ledger())) {
            Bench.load(sender, 0, jobs);
            sender.pause();
        }
        Bench.analyze(table);
        return table;
    }

    private static PgJobQClient worker(PgJobQSystem system, Bench.Table table, String limit) {
        return system.open(table.database(), new ClientOptions(true, Duration.ZERO, 16, false), table.ledger(), limit);
    }
}
