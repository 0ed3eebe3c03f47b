package io.pgjobq.benchmarks.workloads;

import io.pgjobq.benchmarks.harness.Figure;
import io.pgjobq.benchmarks.harness.Meter.Counts;
import io.pgjobq.benchmarks.harness.Meter.Reading;
import io.pgjobq.benchmarks.harness.Meter.Used;
import io.pgjobq.benchmarks.systems.ClientOptions;
import io.pgjobq.benchmarks.systems.PgJobQSystem;
import io.pgjobq.benchmarks.systems.PgJobQSystem.PgJobQClient;
import io.pgjobq.benchmarks.systems.QueueSystem;
import java.util.ArrayList;
import java.util.List;

/**
 * Ten thousand jobs whose transactional handler inserts a row each, worked off by one node: by a handler that is called with one,
 * and by one that is called with up to 500; in another order each round. Measured is from the moment at which the queue is resumed
 * until no job is left.
 */
public record BatchInsert() implements Workload {

    /** One job a transaction. */
    public static final String SINGLE = "insert a row a job, one by one";

    /** Up to 500 jobs a transaction. */
    public static final String BATCHES = "insert a row a job, batches of 500";

    private static final int JOBS = 10_000;

    @Override
    public String name() {
        return "batch-insert";
    }

    @Override
    public boolean suits(QueueSystem system) {
        return system instanceof PgJobQSystem;
    }

    @Override
    public List<Figure> run(Bench bench, QueueSystem system, int round) {
        List<String> titles = List.of(SINGLE, BATCHES);
        List<Figure> figures = new ArrayList<>();
        for (int i = 0; i < titles.size(); i++) {
            String title = titles.get((i + round) % titles.size());
            figures.add(measure(bench, (PgJobQSystem) system, new Label(title, system.name(), round)));
        }
        return figures;
    }

    private static Figure measure(Bench bench, PgJobQSystem system, Label label) {
        int jobs = Math.min(JOBS, bench.size().jobs());
        try (Bench.Table table = bench.prepare(system, jobs)) {
            table.database()
                    .execute(
                            "create table imported (id bigint generated always as identity primary key, text text not null)");
            try (PgJobQClient sender = system.open(table.database(), ClientOptions.SENDER, table.ledger())) {
                Bench.load(sender, 0, jobs);
                sender.pause();
            }
            Bench.analyze(table);
            Counts before = table.meter().counts();
            boolean inBatches = label.workload().equals(BATCHES);
            try (PgJobQClient worker = system.openImport(table.database(), table.ledger(), inBatches)) {
                Reading start = table.meter().read();
                worker.resume();
                boolean over = !bench.awaitAll(table, system, jobs, bench.limit());
                Used used = table.meter().since(start);
                long rows = table.database().value("select count(*) from imported", Long.class);
                if (!over && rows != jobs) {
                    throw new IllegalStateException(rows + " rows were inserted for " + jobs + " jobs");
                }
                return label.figure(Math.max(1, table.ledger().started()), used)
                        .with(table.meter().counts().since(before))
                        .withEnd(table.ledger().repeated(), over);
            }
        }
    }
}
