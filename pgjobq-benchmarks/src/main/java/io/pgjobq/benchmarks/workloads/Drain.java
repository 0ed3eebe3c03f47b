package io.pgjobq.benchmarks.workloads;

import io.pgjobq.benchmarks.harness.Figure;
import io.pgjobq.benchmarks.harness.Ledger;
import io.pgjobq.benchmarks.harness.Meter.Counts;
import io.pgjobq.benchmarks.harness.Meter.Reading;
import io.pgjobq.benchmarks.harness.Meter.Used;
import io.pgjobq.benchmarks.systems.Client;
import io.pgjobq.benchmarks.systems.ClientOptions;
import io.pgjobq.benchmarks.systems.QueueSystem;
import java.util.List;
import java.util.function.Predicate;

/**
 * A backlog is sent in bulk and then worked off by one node. The first figure is that of the sending, the second that of
 * working off, the third has both together. Working off is measured from the hundredth part of the jobs on, so that nobody's
 * start is counted, until no job is left.
 *
 * @param title how the figures are called
 * @param share the part of the usual number of jobs: 1 for all, 10 for a tenth
 * @param length how long payloads are
 * @param options how the node runs jobs
 * @param suited which systems can do it
 */
public record Drain(
        String name, String title, int share, int length, ClientOptions options, Predicate<QueueSystem> suited)
        implements Workload {

    @Override
    public boolean suits(QueueSystem system) {
        return suited.test(system);
    }

    @Override
    public List<Figure> run(Bench bench, QueueSystem system, int round) {
        int all = bench.size().jobs() / share;
        try (Bench.Table table = bench.prepare(system, all)) {
            int jobs;
            Used sending;
            try (Client sender = system.open(table.database(), ClientOptions.SENDER, table.ledger())) {
                Reading start = table.meter().read();
                jobs = bench.sendAll(sender, 0, all, length);
                sending = table.meter().since(start);
            }
            Counts sent = table.meter().counts();
            Figure enqueued = Figure.of("enqueue in bulk" + suffix(), system.name(), round, jobs, sending)
                    .with(sent)
                    .withEnd(0, jobs < all);
            return work(bench, table, system, enqueued);
        }
    }

    private String suffix() {
        return title.equals("drain") ? "" : ", " + title;
    }

    private List<Figure> work(Bench bench, Bench.Table table, QueueSystem system, Figure enqueued) {
        Ledger ledger = table.ledger();
        long jobs = enqueued.jobs();
        Used working;
        long begun;
        long done;
        boolean over;
        Bench.analyze(table);
        try (Client worker = system.open(table.database(), options, ledger)) {
            table.meter().addClients(worker.processes());
            over = !ledger.await(Math.max(1, jobs / 100), bench.limit());
            begun = ledger.started();
            Reading start = table.meter().read();
            over |= !bench.awaitAll(table, system, jobs, bench.limit());
            working = table.meter().since(start);
            done = ledger.started();
        }
        Counts counts = table.meter().counts().since(enqueued.counts());
        long worked = Math.max(1, done - begun);
        double share = (double) worked / jobs;
        Figure drained = Figure.of(title, system.name(), enqueued.round(), worked, working)
                .with(counts)
                .withEnd(ledger.repeated(), over);
        Used both = working.plus(enqueued.used().times(share));
        return List.of(
                enqueued,
                drained,
                Figure.of(title + ", with sending", system.name(), enqueued.round(), worked, both)
                        .with(counts.plus(Math.round(enqueued.counts().commits() * share)))
                        .withEnd(ledger.repeated(), over));
    }
}
