package io.pgjobq.benchmarks.workloads;

import io.pgjobq.benchmarks.harness.Figure;
import io.pgjobq.benchmarks.harness.Meter.Counts;
import io.pgjobq.benchmarks.harness.Meter.Reading;
import io.pgjobq.benchmarks.harness.Meter.Used;
import io.pgjobq.benchmarks.harness.Server;
import io.pgjobq.benchmarks.systems.Client;
import io.pgjobq.benchmarks.systems.ClientOptions;
import io.pgjobq.benchmarks.systems.PgJobQSystem;
import io.pgjobq.benchmarks.systems.QueueSystem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Ten nodes with nothing to do, on a server of their own that counts statements: those that were sent, by whatever connection
 * of the nodes, heartbeats included. What the pool asks to keep connections alive is no statement, and is seen only among the transactions.
 */
public record IdleNodes() implements Workload {

    /** What the figures for one second of one node are called. */
    public static final String TITLE = "10 idle nodes, for a node and second";

    /** What those are called whose rate is that of the statements of one node. */
    public static final String STATEMENTS = "10 idle nodes, statements of a node";

    private static final String COUNT = "select coalesce(sum(calls), 0)::bigint from pg_stat_statements where dbid ="
            + " (select oid from pg_database where datname = current_database()) and query not like '%pg_stat_statements%'";

    private static final int NODES = 10;

    /** The start is over, and sessions have reported it: the server lets idle ones do so after ten seconds. */
    private static final long SETTLE = TimeUnit.SECONDS.toNanos(12);

    @Override
    public String name() {
        return "idle-nodes";
    }

    @Override
    public boolean suits(QueueSystem system) {
        return system instanceof PgJobQSystem;
    }

    @Override
    public List<Figure> run(Bench bench, QueueSystem system, int round) {
        try (Server counting = Server.startCounting();
                Bench.Table table = new Bench(counting, bench.size()).prepare(system, 0)) {
            table.database().execute("create extension pg_stat_statements");
            return watch(table, system, round, bench.size().idle());
        }
    }

    private static List<Figure> watch(Bench.Table table, QueueSystem system, int round, Duration length) {
        List<Client> nodes = new ArrayList<>();
        try {
            for (int i = 0; i < NODES; i++) {
                nodes.add(system.open(table.database(), ClientOptions.WORKER, table.ledger()));
            }
            Pause.untilNanos(System.nanoTime() + SETTLE);
            Counts before = table.meter().counts();
            Reading start = table.meter().read();
            long asked = table.database().value(COUNT, Long.class);
            Pause.untilNanos(System.nanoTime() + length.toNanos());
            asked = table.database().value(COUNT, Long.class) - asked;
            Used used = table.meter().since(start);
            Counts counts = table.meter().counts().since(before);
            double nodeSeconds = used.seconds() * NODES;
            return List.of(
                    Figure.of(TITLE, system.name(), round, Math.round(nodeSeconds), used)
                            .with(counts),
                    Figure.of(STATEMENTS, system.name(), round, Math.max(1, asked), used.in(nodeSeconds)));
        } finally {
            nodes.forEach(Client::close);
        }
    }
}
