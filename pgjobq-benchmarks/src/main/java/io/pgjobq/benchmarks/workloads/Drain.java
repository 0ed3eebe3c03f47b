package io.pgjobq.benchmarks.workloads;

import io.pgjobq.benchmarks.harness.Figure;
import io.pgjobq.benchmarks.harness.Ledger;
import io.pgjobq.benchmarks.harness.Meter.Reading;
import io.pgjobq.benchmarks.harness.Meter.Used;
import io.pgjobq.benchmarks.harness.Server.Database;
import io.pgjobq.benchmarks.systems.Client;
import io.pgjobq.benchmarks.systems.ClientOptions;
import io.pgjobq.benchmarks.systems.QueueSystem;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * A backlog is sent in bulk and then worked off by one node. The first figure is that of the sending, the second that of
 * working off, the third has both together. Working off is measured from the hundredth part of the jobs on, so that nobody's
 * start is counted, until no job is left.
 *
 * @param length how long payloads are
 * @param options how the node runs jobs
 */
public record Drain(String name, int length, ClientOptions options) implements Workload {

    @Override
    public boolean suits(QueueSystem system) {
        return true;
    }

    @Override
    public List<Figure> run(Bench bench, QueueSystem system, int round) {
        try (Bench.Table table = bench.prepare(system, bench.jobs())) {
            Ledger ledger = table.ledger();
            table.meter().checkpoint();
            int jobs;
            Used sending;
            try (Client sender = system.open(table.database(), ClientOptions.SENDER, ledger)) {
                Reading start = table.meter().read();
                jobs = bench.sendAll(sender, 0, bench.jobs(), length);
                sending = table.meter().since(start);
            }
            long sent = table.meter().counts().commits();
            table.meter().checkpoint();
            Used working;
            long begun;
            long done;
            boolean over;
            try (Client worker = system.open(table.database(), options, ledger)) {
                over = !ledger.await(jobs / 100, bench.limit());
                begun = ledger.started();
                Reading start = table.meter().read();
                over |= !awaitAll(table.database(), system, ledger, jobs, bench.limit());
                working = table.meter().since(start);
                done = ledger.started();
            }
            long commits = table.meter().counts().commits() - sent;
            long dead = table.meter().counts().deadRows();
            long worked = Math.max(1, done - begun);
            return List.of(
                    figure("enqueue in bulk", system, round, jobs, sending, sent, 0, ledger, false),
                    figure(name, system, round, worked, working, commits, dead, ledger, over),
                    figure(
                            name + ", with sending",
                            system,
                            round,
                            worked,
                            working.plus(share(sending, (double) worked / jobs)),
                            sent + commits,
                            dead,
                            ledger,
                            over));
        }
    }

    private static Used share(Used used, double share) {
        return new Used(
                used.seconds() * share,
                (long) (used.serverMicros() * share),
                (long) (used.clientMicros() * share),
                (long) (used.walBytes() * share));
    }

    static boolean awaitAll(Database database, QueueSystem system, Ledger ledger, long jobs, Duration limit) {
        long until = System.nanoTime() + limit.toNanos();
        if (!ledger.await(jobs, limit)) {
            return false;
        }
        while (database.value(system.unfinished(), Long.class) > 0) {
            if (System.nanoTime() > until) {
                return false;
            }
            LockSupport.parkNanos(1_000_000);
        }
        return true;
    }

    private Figure figure(
            String workload,
            QueueSystem system,
            int round,
            long jobs,
            Used used,
            long commits,
            long dead,
            Ledger ledger,
            boolean over) {
        return new Figure(
                workload,
                system.name(),
                round,
                jobs,
                used.seconds(),
                used.serverMicros(),
                used.clientMicros(),
                used.walBytes(),
                commits,
                dead,
                Map.of(),
                ledger.repeated(),
                over);
    }
}
