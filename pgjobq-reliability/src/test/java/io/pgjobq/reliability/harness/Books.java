package io.pgjobq.reliability.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the application and the test record, apart from pgjobq. */
public final class Books {

    private final JdbcClient database;

    /** How fast the jobs of a worker that was killed started elsewhere. */
    public record Recovery(int jobs, Duration first, Duration median, Duration last) {}

    Books(JdbcClient database) {
        this.database = database;
    }

    static Books open(JdbcClient database) {
        try {
            database.sql(new ClassPathResource("io/pgjobq/reliability/books.sql")
                            .getContentAsString(StandardCharsets.UTF_8))
                    .update();
            database.sql("grant usage on schema books to app").update();
            database.sql("grant select, insert on all tables in schema books to app")
                    .update();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        return new Books(database);
    }

    /** The server's time. */
    public OffsetDateTime now() {
        return database.sql("select clock_timestamp()")
                .query(OffsetDateTime.class)
                .single();
    }

    /**
     * Does something to a worker, or to all for {@code null}, and notes from when to when it was felt.
     *
     * @return when it began
     */
    public OffsetDateTime incident(@Nullable Worker worker, String what, Runnable deed) {
        OffsetDateTime began = now();
        deed.run();
        note(worker, what, began);
        return began;
    }

    /**
     * Stops a worker in a state that lasts: if it has moved on before it stood still, it goes on until it is there again.
     *
     * @return when it was stopped
     */
    public OffsetDateTime freeze(Worker victim, BooleanSupplier state) {
        AtomicReference<OffsetDateTime> stopped = new AtomicReference<>();
        Awaitility.await("a state to stop " + victim.name() + " in")
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> state.getAsBoolean() && holdsStill(victim, state, stopped));
        return stopped.get();
    }

    private boolean holdsStill(Worker victim, BooleanSupplier state, AtomicReference<OffsetDateTime> stopped) {
        stopped.set(now());
        victim.freeze();
        // What it had said before is carried out by the server in the meantime.
        Awaitility.await()
                .pollInterval(Duration.ofMillis(10))
                .during(Duration.ofMillis(50))
                .until(() -> count(
                                "select count(*) from pg_stat_activity where application_name = ? and state = 'active'",
                                victim.name())
                        == 0);
        if (state.getAsBoolean()) {
            return true;
        }
        victim.thaw();
        return false;
    }

    /**
     * Kills a worker, notes it, and returns when it began. It is over when the server has noticed, too: until then it may go
     * on with what the worker said last.
     */
    public OffsetDateTime kill(Worker victim) {
        return incident(victim, "killed", () -> {
            victim.kill();
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(5))
                    .until(() ->
                            count("select count(*) from pg_stat_activity where application_name = ?", victim.name())
                                    == 0);
        });
    }

    /** Notes that something was done to a worker, or to all for {@code null}, from then to now. */
    public void note(@Nullable Worker worker, String what, OffsetDateTime began) {
        database.sql(
                        "insert into books.incident (worker, what, began_at, ended_at) values (?, ?, ?, clock_timestamp())")
                .params(worker == null ? null : worker.name(), what, began)
                .update();
    }

    /** How many jobs have been sent and committed. */
    public long sent() {
        return count("select count(*) from books.sent");
    }

    /** How many jobs have ended. */
    public long finished() {
        return count("select count(*) from pgjobq.finished_job");
    }

    /** How many jobs are not over yet. */
    public long waiting() {
        return count("select count(*) from pgjobq.job");
    }

    /** Returns the number that the query counts. */
    public long count(String sql, Object... values) {
        return database.sql(sql).params(values).query(Long.class).single();
    }

    /** Returns the interval that a select list yields, from its value on. */
    public Duration duration(String interval, Object... values) {
        String[] parts = interval.split(" from ", 2);
        return millis(database.sql("select extract(epoch from " + parts[0] + ") * 1000 from " + parts[1])
                .params(values)
                .query(Double.class)
                .single());
    }

    /** The jobs that the worker has taken, as the tables say. */
    public List<Long> heldBy(Worker worker) {
        return database.sql("""
                        select j.id from pgjobq.node n join pgjobq.claim c on c.node_id = n.id
                            join pgjobq.job j on j.queue_id = c.queue_id and j.seq = any (c.seqs)
                        where n.name = ?""").param(worker.name()).query(Long.class).list();
    }

    /** The jobs of a queue that the worker has taken. */
    public List<Long> heldBy(Worker worker, String queue) {
        return database.sql("""
                        select j.id from pgjobq.node n join pgjobq.claim c on c.node_id = n.id
                            join pgjobq.job j on j.queue_id = c.queue_id and j.seq = any (c.seqs)
                            join pgjobq.queue q on q.id = j.queue_id
                        where n.name = ? and q.name = ?""").params(worker.name(), queue).query(Long.class).list();
    }

    /** Waits until each of the workers has started a job since, and returns how long the last of them took for it. */
    public Duration awaitStartsOf(List<Worker> workers, OffsetDateTime since) {
        Awaitility.await("each worker to start jobs again")
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> count(
                                "select count(distinct worker) from books.started where started_at > ? and worker = any (?)",
                                since,
                                names(workers))
                        == workers.size());
        return millis(database.sql("""
                        select max(after) from (select extract(epoch from min(started_at) - ?) * 1000 as after
                            from books.started where started_at > ? and worker = any (?) group by worker) as first""")
                .params(since, since, names(workers))
                .query(Double.class)
                .single());
    }

    private static String[] names(List<Worker> workers) {
        return workers.stream().map(Worker::name).toArray(String[]::new);
    }

    /** How many of the jobs have started on some other worker since. */
    public long startedElsewhere(List<Long> jobs, Worker than, OffsetDateTime since) {
        return count(
                "select count(distinct job_id) from books.started"
                        + " where job_id = any (?) and worker <> ? and started_at > ?",
                jobs.toArray(Long[]::new),
                than.name(),
                since);
    }

    /** How long after the moment the jobs started on other workers. */
    public Recovery recovery(List<Long> jobs, Worker from, OffsetDateTime since) {
        return database.sql("""
                        select count(*), min(after), percentile_cont(0.5) within group (order by after), max(after)
                        from (select extract(epoch from min(started_at) - ?) * 1000 as after from books.started
                            where job_id = any (?) and worker <> ? and started_at > ? group by job_id) as restart""")
                .params(since, jobs.toArray(Long[]::new), from.name(), since)
                .query((row, number) -> new Recovery(
                        row.getInt(1), millis(row.getDouble(2)), millis(row.getDouble(3)), millis(row.getDouble(4))))
                .single();
    }

    private static Duration millis(double millis) {
        return Duration.ofMillis(Math.round(millis));
    }
}
