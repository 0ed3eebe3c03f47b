package io.pgjobq.reliability.harness;

import com.zaxxer.hikari.HikariDataSource;
import io.pgjobq.JobSender;
import io.pgjobq.NodeOptions;
import io.pgjobq.PgJobQ;
import io.pgjobq.QueueOptions;
import io.pgjobq.SentJob;
import io.pgjobq.reliability.worker.Queues;
import io.pgjobq.reliability.worker.Task;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** An application that only sends, in this process, and books each job in the transaction that sends it. */
public final class Load implements AutoCloseable {

    private static final int TICK_MILLIS = 20;

    private final HikariDataSource pool = new HikariDataSource();
    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;
    private final PgJobQ pgJobQ;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final List<Failure> failures = new CopyOnWriteArrayList<>();
    private @Nullable ScheduledFuture<?> ticking;

    /** Only used by the clock's thread. */
    private double owed;

    /** A sending that failed, and after what time it said so. */
    public record Failure(RuntimeException cause, Duration after) {}

    Load(String url) {
        pool.setJdbcUrl(url);
        pool.setUsername(Server.USER);
        pool.setMaximumPoolSize(4);
        pool.setConnectionTimeout(1_000);
        jdbc = new JdbcTemplate(pool);
        transaction = new TransactionTemplate(new JdbcTransactionManager(pool));
        NodeOptions defaults = NodeOptions.DEFAULT;
        pgJobQ = PgJobQ.builder(pool)
                .options(defaults.toBuilder()
                        .name("sender")
                        .virtualThreads(false)
                        .build())
                .listenConnections(() -> DriverManager.getConnection(url, Server.USER, ""))
                .build();
        for (String queue : List.of(Queues.PLAIN, Queues.TRANSFER, Queues.BARE)) {
            pgJobQ.declareQueue(queue, QueueOptions.DEFAULT);
        }
        pgJobQ.start();
    }

    /** The engine that sends. */
    public PgJobQ pgJobQ() {
        return pgJobQ;
    }

    /** Sends that many jobs in one transaction. */
    public List<Long> send(String queue, Task task, int count) {
        return send(queue, JobSender.DEFAULT_PRIORITY, task, count).stream()
                .map(SentJob::id)
                .toList();
    }

    /** Sends that many jobs of a priority in one transaction. */
    public List<SentJob<Void>> send(String queue, int priority, Task task, int count) {
        return transaction.execute(status -> {
            List<SentJob<Void>> sent =
                    pgJobQ.sender().to(queue).priority(priority).sendAll(Collections.nCopies(count, task));
            jdbc.update(
                    "insert into books.sent (job_id, queue) select unnest(?::bigint[]), ?",
                    sent.stream().map(SentJob::id).toArray(Long[]::new),
                    queue);
            return sent;
        });
    }

    /** Goes on sending that many jobs a second, spread over the queues, each tick and queue in a transaction. */
    public void start(int perSecond, Task task, String... queues) {
        ticking = clock.scheduleAtFixedRate(() -> tick(perSecond, task, queues), 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void tick(int perSecond, Task task, String... queues) {
        owed += perSecond * TICK_MILLIS / 1_000.0 / queues.length;
        int count = (int) owed;
        owed -= count;
        if (count == 0) {
            return;
        }
        for (String queue : queues) {
            long before = System.nanoTime();
            try {
                send(queue, task, count);
            } catch (RuntimeException ex) {
                failures.add(new Failure(ex, Duration.ofNanos(System.nanoTime() - before)));
            }
        }
    }

    /** Stops sending and waits for the last transaction. */
    public void stop() {
        if (ticking == null) {
            return;
        }
        ticking.cancel(false);
        try {
            // Runs after the last tick, on the same thread.
            clock.submit(() -> {}).get(60, TimeUnit.SECONDS);
        } catch (Exception ex) {
            throw new IllegalStateException("the load does not stop", ex);
        }
    }

    /** The sendings that failed; what they would have sent is not owed. */
    public List<Failure> failures() {
        return List.copyOf(failures);
    }

    @Override
    public void close() {
        clock.shutdownNow();
        pgJobQ.close();
        pool.close();
    }
}
