package io.pgjobq.benchmarks.workloads;

import io.pgjobq.benchmarks.harness.Figure;
import io.pgjobq.benchmarks.harness.Ledger;
import io.pgjobq.benchmarks.harness.Meter.Reading;
import io.pgjobq.benchmarks.harness.Meter.Used;
import io.pgjobq.benchmarks.systems.Client;
import io.pgjobq.benchmarks.systems.ClientOptions;
import io.pgjobq.benchmarks.systems.QueueSystem;
import io.pgjobq.benchmarks.systems.Systems;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * A backlog is worked off by one node while a transaction holds a snapshot, so that no dead row can be removed. The
 * rates of the tenths leave out the first twentieth of the jobs, in which the node gets going.
 */
public record HeldSnapshot() implements Workload {

    /** What the figures are called. */
    public static final String TITLE = "drain while a snapshot is held";

    private static final int TENTHS = 10;

    /** The part of the jobs in which the node gets going, which would make the first tenth look slow. */
    private static final int START = 20;

    @Override
    public String name() {
        return "snapshot";
    }

    @Override
    public boolean suits(QueueSystem system) {
        return system != Systems.FLOOR;
    }

    @Override
    public List<Figure> run(Bench bench, QueueSystem system, int round) {
        try (Bench.Table table = bench.prepare(system, bench.size().snapshot())) {
            int jobs;
            try (Client sender = system.open(table.database(), ClientOptions.SENDER, table.ledger())) {
                jobs = bench.sendAll(sender, 0, bench.size().snapshot(), Bench.PAYLOAD);
            }
            try (Connection reader = table.database().connect()) {
                hold(reader, system);
                return List.of(drain(bench, table, system, jobs, new Label(TITLE, system.name(), round)));
            } catch (SQLException ex) {
                throw new IllegalStateException(ex);
            }
        }
    }

    private static void hold(Connection reader, QueueSystem system) throws SQLException {
        reader.setAutoCommit(false);
        reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        try (Statement statement = reader.createStatement()) {
            statement.execute(system.unfinished());
        }
    }

    private static Figure drain(Bench bench, Bench.Table table, QueueSystem system, int jobs, Label label) {
        try (Client worker = system.open(table.database(), ClientOptions.WORKER, table.ledger())) {
            table.meter().addClients(worker.processes());
            Ledger ledger = table.ledger();
            boolean over = !ledger.await(1, bench.limit());
            Reading start = table.meter().read();
            over |= !bench.awaitAll(table, system, jobs, bench.limit());
            Used used = table.meter().since(start);
            long[] starts = IntStream.range(0, jobs)
                    .mapToLong(ledger::startedAt)
                    .filter(time -> time != 0)
                    .sorted()
                    .skip(jobs / START)
                    .toArray();
            return label.figure(Math.max(1, ledger.started()), used)
                    .withTenths(tenths(starts))
                    .withEnd(ledger.repeated(), over);
        }
    }

    /** The rate in each tenth of the starts, which are in order; nothing if there are too few of them. */
    static List<Double> tenths(long[] starts) {
        if (starts.length < TENTHS * TENTHS) {
            return List.of();
        }
        int tenth = starts.length / TENTHS;
        return LongStream.range(0, TENTHS)
                .mapToObj(i -> {
                    long first = starts[(int) i * tenth];
                    long last = starts[(int) (i + 1) * tenth - 1];
                    return (tenth - 1) * 1e9 / Math.max(1, last - first);
                })
                .toList();
    }
}
