package io.pgjobq.benchmarks.workloads;

import io.pgjobq.benchmarks.harness.Figure;
import io.pgjobq.benchmarks.harness.Slices;
import io.pgjobq.benchmarks.harness.Slices.Side;
import io.pgjobq.benchmarks.harness.Slices.Turn;
import io.pgjobq.benchmarks.systems.ClientOptions;
import io.pgjobq.benchmarks.systems.PgJobQSystem;
import io.pgjobq.benchmarks.systems.PgJobQSystem.PgJobQClient;
import io.pgjobq.benchmarks.systems.QueueSystem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Transactions of 32 clients at once: each inserts a row and sends a job, or inserts a row and another into a second plain
 * table, or only the row. The three take turns. Nobody runs the jobs meanwhile.
 */
public record Business() implements Workload {

    /** With a job. */
    public static final String SEND = "32 clients: insert and send";

    /** With a second insert. */
    public static final String SECOND = "32 clients: insert and plain second insert";

    /** With neither. */
    public static final String SINGLE = "32 clients: insert";

    private static final int CLIENTS = 32;

    private static final Duration SLICE = Duration.ofMillis(500);

    @Override
    public String name() {
        return "business";
    }

    @Override
    public boolean suits(QueueSystem system) {
        return system instanceof PgJobQSystem;
    }

    @Override
    public List<Figure> run(Bench bench, QueueSystem system, int round) {
        int slices = Math.max(2, (int) (bench.size().stretch().toMillis() / 2 / SLICE.toMillis()));
        try (Bench.Table table = bench.prepare(system, 0)) {
            table.database()
                    .execute(
                            "create table business (id bigint generated always as identity primary key, text text not null)",
                            "create table second (id bigint generated always as identity primary key, text text not null)");
            try (PgJobQClient client = ((PgJobQSystem) system)
                    .open(
                            table.database(),
                            ClientOptions.SENDER,
                            table.ledger(),
                            "spring.datasource.hikari.maximum-pool-size=" + (CLIENTS + 3))) {
                List<Turn> turns = Slices.run(table.meter(), CLIENTS, slices, SLICE, sides(client));
                return figures(turns, system, round);
            }
        }
    }

    private static List<Side> sides(PgJobQClient client) {
        JdbcTemplate jdbc = client.context().getBean(JdbcTemplate.class);
        return List.of(
                payload -> client.transactions().executeWithoutResult(status -> {
                    insert(jdbc, "business", payload);
                    client.send(payload);
                }),
                payload -> client.transactions().executeWithoutResult(status -> {
                    insert(jdbc, "business", payload);
                    insert(jdbc, "second", payload);
                }),
                payload -> client.transactions().executeWithoutResult(status -> insert(jdbc, "business", payload)));
    }

    private static void insert(JdbcTemplate jdbc, String table, String text) {
        jdbc.update("insert into " + table + " (text) values (?)", text);
    }

    private static List<Figure> figures(List<Turn> turns, QueueSystem system, int round) {
        List<Figure> figures = new ArrayList<>();
        for (String title : List.of(SEND, SECOND, SINGLE)) {
            Turn turn = turns.get(figures.size());
            figures.add(Figure.of(title, system.name(), round, Math.max(1, turn.count()), turn.used()));
        }
        return figures;
    }
}
