package io.pgjobq.benchmarks.workloads;

import io.pgjobq.JobSchedules;
import io.pgjobq.Schedule;
import io.pgjobq.benchmarks.harness.Figure;
import io.pgjobq.benchmarks.harness.Latencies;
import io.pgjobq.benchmarks.harness.Meter.Reading;
import io.pgjobq.benchmarks.harness.Meter.Used;
import io.pgjobq.benchmarks.harness.Server;
import io.pgjobq.benchmarks.systems.PgJobQSystem;
import io.pgjobq.benchmarks.systems.PgJobQSystem.PgJobQClient;
import io.pgjobq.benchmarks.systems.QueueSystem;
import io.pgjobq.benchmarks.systems.Systems;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * Recurring jobs, and how late they are: one schedule a second, and a thousand that meet in one second. How late a job is sent, and
 * how late it starts, is what the server's clock says of it. Then ten nodes with 10,000 schedules of which none is due, on a server
 * that counts statements.
 */
public record Schedules() implements Workload {

    /** What the figures of a schedule by itself are called. */
    public static final String ALONE = "a schedule at the second";

    /** What those of a thousand of the same second are called. */
    public static final String TOGETHER = "1,000 schedules of the same second";

    /** What those of many that are not due are called; the rate is that of the statements of one node. */
    public static final String IDLE = "10 idle nodes with 10,000 schedules, statements of a node";

    private static final int AT_ONCE = 1_000;
    private static final int MANY = 10_000;
    private static final int NODES = 10;
    private static final int PERIOD_SECONDS = 5;

    /** What has ended tells when it was sent and started. */
    private static final String KEPT = "pgjobq.queues." + PgJobQSystem.QUEUE + ".history.succeeded=1h";

    private static final String COUNT = "select coalesce(sum(calls), 0)::bigint from pg_stat_statements where dbid ="
            + " (select oid from pg_database where datname = current_database()) and query not like '%pg_stat_statements%'";

    private static final String LATE = "select (extract(epoch from f.enqueued_at - s.time) * 1e9)::bigint,"
            + " (extract(epoch from f.started_at - s.time) * 1e9)::bigint"
            + " from pgjobq.finished_job f"
            + " cross join lateral (select (f.attributes ->> 'pgjobq.scheduled-at')::timestamptz as time) s"
            + " where f.attributes ? 'pgjobq.schedule' and s.time > '%s'::timestamptz";

    /** The start is over, and sessions have reported it: the server lets idle ones do so after ten seconds. */
    private static final long SETTLE = TimeUnit.SECONDS.toNanos(12);

    @Override
    public String name() {
        return "schedules";
    }

    @Override
    public boolean suits(QueueSystem system) {
        return system == Systems.PGJOBQ;
    }

    @Override
    public List<Figure> run(Bench bench, QueueSystem system, int round) {
        Duration length = bench.size().idle();
        List<Figure> figures = new ArrayList<>();
        figures.add(watch(bench, new Label(ALONE, system.name(), round), 1, 1, length));
        figures.add(watch(bench, new Label(TOGETHER, system.name(), round), AT_ONCE, PERIOD_SECONDS, length));
        try (Server counting = Server.startCounting();
                Bench.Table table = new Bench(counting, bench.size()).prepare(system, 0)) {
            table.database().execute("create extension pg_stat_statements");
            figures.add(idle(table, new Label(IDLE, system.name(), round), length));
        }
        return figures;
    }

    private static Figure watch(Bench bench, Label label, int schedules, int seconds, Duration length) {
        try (Bench.Table table = bench.prepare(Systems.PGJOBQ, 0);
                PgJobQClient client = Systems.PGJOBQ.openEcho(table.database(), KEPT)) {
            save(client, schedules, schedule -> schedule.every(Duration.ofSeconds(seconds)));
            // The first times make the process warm.
            Pause.untilNanos(System.nanoTime() + TimeUnit.SECONDS.toNanos(3L * seconds));
            String from = table.database().value("select clock_timestamp()::text", String.class);
            Reading start = table.meter().read();
            Pause.untilNanos(System.nanoTime() + length.toNanos());
            Used used = table.meter().since(start);
            Latencies sent = new Latencies();
            Latencies started = new Latencies();
            read(table, LATE.formatted(from), sent, started);
            Map<String, Double> latencies = new LinkedHashMap<>(started.percentiles(""));
            latencies.putAll(sent.percentiles("sent: "));
            return label.figure(Math.max(1, started.count()), used).withLatencies(latencies);
        }
    }

    private static void save(PgJobQClient client, int count, UnaryOperator<Schedule.Builder> times) {
        JobSchedules schedules = client.context().getBean(JobSchedules.class);
        for (int i = 0; i < count; i++) {
            Schedule.Builder schedule =
                    Schedule.of("s" + i, PgJobQSystem.QUEUE).type("Letter").payload("{\"text\": \"\"}");
            schedules.save(times.apply(schedule).build());
        }
    }

    private static void read(Bench.Table table, String query, Latencies sent, Latencies started) {
        try (Connection connection = table.database().connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                sent.add(rows.getLong(1));
                started.add(rows.getLong(2));
            }
        } catch (SQLException ex) {
            throw new IllegalStateException(ex);
        }
    }

    private static Figure idle(Bench.Table table, Label label, Duration length) {
        List<PgJobQClient> nodes = new ArrayList<>();
        try {
            for (int i = 0; i < NODES; i++) {
                nodes.add(Systems.PGJOBQ.openEcho(table.database()));
            }
            save(nodes.get(0), MANY, schedule -> schedule.cron("0 0 0 1 1 *"));
            Pause.untilNanos(System.nanoTime() + SETTLE);
            Reading start = table.meter().read();
            long asked = table.database().value(COUNT, Long.class);
            Pause.untilNanos(System.nanoTime() + length.toNanos());
            asked = table.database().value(COUNT, Long.class) - asked;
            Used used = table.meter().since(start);
            return label.figure(Math.max(1, asked), used.in(used.seconds() * NODES));
        } finally {
            nodes.forEach(PgJobQClient::close);
        }
    }
}
