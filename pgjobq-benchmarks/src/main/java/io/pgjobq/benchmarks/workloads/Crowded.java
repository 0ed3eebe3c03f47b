package io.pgjobq.benchmarks.workloads;

import io.pgjobq.benchmarks.harness.Figure;
import io.pgjobq.benchmarks.harness.Meter.Reading;
import io.pgjobq.benchmarks.harness.Meter.Used;
import io.pgjobq.benchmarks.harness.Server.Database;
import io.pgjobq.benchmarks.systems.Client;
import io.pgjobq.benchmarks.systems.ClientOptions;
import io.pgjobq.benchmarks.systems.PgJobQSystem;
import io.pgjobq.benchmarks.systems.QueueSystem;
import java.util.ArrayList;
import java.util.List;

/**
 * The same number of jobs worked off by one node when there are no others, when many more wait behind them, and when many
 * older ones are running on another node; in another order each round. All tables are vacuumed and analyzed before, so that
 * autovacuum finds nothing to do meanwhile. Measured is from the start of the hundredth part of the jobs to the start of the
 * last.
 */
public record Crowded() implements Workload {

    /** Nothing else is in the table. */
    public static final String EMPTY = "drain, nothing else there";

    /** Many more jobs wait behind. */
    public static final String WAITING = "drain, many waiting behind";

    /** Many older jobs are running on another node. */
    public static final String ELSEWHERE = "drain, many running elsewhere";

    private static final int RUNNING_ELSEWHERE = 50_000;

    /** How many times more jobs wait behind than are worked off. */
    private static final int BEHIND = 10;

    /** How many jobs each claim of the other node names. */
    private static final int CLAIM = 100;

    @Override
    public String name() {
        return "crowded";
    }

    @Override
    public boolean suits(QueueSystem system) {
        return system instanceof PgJobQSystem;
    }

    @Override
    public List<Figure> run(Bench bench, QueueSystem system, int round) {
        List<String> titles = List.of(EMPTY, WAITING, ELSEWHERE);
        List<Figure> figures = new ArrayList<>();
        for (int i = 0; i < titles.size(); i++) {
            String title = titles.get((i + round) % titles.size());
            figures.add(measure(bench, system, new Label(title, system.name(), round)));
        }
        return figures;
    }

    private static Figure measure(Bench bench, QueueSystem system, Label label) {
        int jobs = bench.size().waiting() / BEHIND;
        int before = label.workload().equals(ELSEWHERE) ? RUNNING_ELSEWHERE : 0;
        int behind = label.workload().equals(WAITING) ? bench.size().waiting() : 0;
        try (Bench.Table table = bench.prepare(system, before + jobs + behind)) {
            try (Client sender = system.open(table.database(), ClientOptions.SENDER, table.ledger())) {
                Bench.load(sender, 0, before + jobs + behind);
            }
            if (before > 0) {
                claim(table.database(), before);
            }
            table.database().execute("vacuum (analyze)");
            try (Client worker = system.open(table.database(), ClientOptions.WORKER, table.ledger())) {
                boolean over = !table.ledger().await(jobs / 100, bench.limit());
                long begun = table.ledger().started();
                Reading start = table.meter().read();
                over |= !table.ledger().await(jobs, bench.limit());
                Used used = table.meter().since(start);
                long worked = Math.max(1, table.ledger().started() - begun);
                return label.figure(worked, used).withEnd(table.ledger().repeated(), over);
            }
        }
    }

    /** Takes the oldest jobs for a node that does nothing with them, by the function that nodes call. */
    private static void claim(Database database, int count) {
        long node = database.value(
                "insert into pgjobq.node (token, name, heartbeat_every, silence_allowed)"
                        + " values (0, 'elsewhere', interval '1 day', interval '1 day') returning id::bigint",
                Long.class);
        long queue = database.value(
                "select id::bigint from pgjobq.queue where name = '" + PgJobQSystem.QUEUE + "'", Long.class);
        long from = 1;
        for (int i = 0; i < count / CLAIM; i++) {
            from = database.value(
                    "select max(seqs[cardinality(seqs)] + 1)::bigint from pgjobq.claim(%d, %d, 0, %d, %d, %d, array[5]::smallint[], array[%d]::bigint[], '{0}', '{0}', null, '{}', '{}', '{}')"
                            .formatted(queue, node, (node << 37) + i, CLAIM, CLAIM, from),
                    Long.class);
        }
        long held = database.value("select sum(cardinality(seqs))::bigint from pgjobq.claim", Long.class);
        if (held != count) {
            throw new IllegalStateException(held + " jobs are held elsewhere instead of " + count);
        }
    }
}
