package io.pgjobq.simulation;

import io.pgjobq.CancelResult;
import io.pgjobq.JobSender;
import io.pgjobq.PgJobQ;
import io.pgjobq.SentJob;
import io.pgjobq.Unique;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Sends in transactions that commit late or roll back; one in ten is sent without waking anybody, one in ten has one of a few unique keys,
 * one in four takes turns with others, and now and then one is cancelled.
 */
final class Sender implements Runnable {

    private static final String KEYED = "keyed";
    private static final List<String> QUEUES = List.of("plain", "joint", "batched", KEYED);

    private final Ledger ledger;
    private final Turns turns;
    private final BooleanSupplier goesOn;
    private final PgJobQ pgJobQ;
    private final TransactionTemplate transaction;
    private final JdbcTemplate jdbc;

    /** Those jobs of the transaction that hold back others with their keys. */
    private final Set<Long> inLine = new HashSet<>();

    Sender(TestDatabase database, Ledger ledger, Turns turns, BooleanSupplier goesOn) {
        this.ledger = ledger;
        this.turns = turns;
        this.goesOn = goesOn;
        DataSource dataSource = database.dataSource();
        this.pgJobQ = PgJobQ.builder(dataSource).listenConnections(null).build();
        this.transaction = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
        this.jdbc = new JdbcTemplate(dataSource);
    }

    @Override
    public void run() {
        while (goesOn.getAsBoolean()) {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            boolean rollBack = random.nextInt(10) == 0;
            List<Long> jobs = random.longs(random.nextInt(1, 8))
                    .map(ignored -> ledger.number())
                    .boxed()
                    .toList();
            if (rollBack) {
                jobs.forEach(ledger::rolledBack);
            }
            int history = ledger.history();
            Map<Long, Long> stored = new LinkedHashMap<>();
            try {
                transaction.executeWithoutResult(status -> {
                    stored.clear();
                    inLine.clear();
                    for (long job : jobs) {
                        Long id = send(job, random);
                        if (id != null) {
                            stored.put(job, id);
                        }
                    }
                    if (random.nextInt(5) == 0) {
                        LockSupport.parkNanos(random.nextInt(100_000_000));
                    }
                    if (rollBack) {
                        status.setRollbackOnly();
                    }
                });
                if (!rollBack) {
                    ledger.committed(stored.keySet(), history);
                    inLine.forEach(turns::committed);
                    cancelOne(stored, history, random);
                }
            } catch (DataAccessException | TransactionException ex) {
                // The connection was cut, perhaps after the commit.
                ledger.inDoubt(jobs);
            }
            LockSupport.parkNanos(random.nextInt(1_000_000));
        }
        pgJobQ.close();
    }

    private void cancelOne(Map<Long, Long> stored, int history, ThreadLocalRandom random) {
        if (!stored.isEmpty() && random.nextInt(4) == 0) {
            LockSupport.parkNanos(random.nextInt(5_000_000));
            Map.Entry<Long, Long> job = stored.entrySet().iterator().next();
            if (pgJobQ.jobs().cancel(job.getValue(), "simulated") == CancelResult.CANCELLED) {
                ledger.cancelled(job.getKey(), history);
            }
        }
    }

    /** Returns the job's id, {@code null} if it was not stored, as another one has its key. */
    private @Nullable Long send(long job, ThreadLocalRandom random) {
        String queue = QUEUES.get(random.nextInt(QUEUES.size()));
        if (random.nextInt(10) == 0 && !queue.equals(KEYED)) {
            return jdbc.queryForObject(
                    "select pgjobq.send_quietly(?, to_jsonb(?), ?::text, priority => ?)",
                    Long.class,
                    queue,
                    job,
                    job,
                    random.nextInt(10));
        }
        JobSender.Spec spec = pgJobQ.sender().to(queue).type(Long.toString(job)).priority(random.nextInt(4, 6));
        if (queue.equals(KEYED)) {
            spec = spec.key("turn-" + random.nextInt(10));
        }
        boolean delayed = random.nextInt(20) == 0;
        if (delayed) {
            spec = spec.delay(Duration.ofMillis(random.nextInt(300)));
        }
        if (random.nextInt(10) == 0) {
            spec = spec.unique(Unique.key("key-" + random.nextInt(20)));
        }
        SentJob<Void> sent = spec.send(SimulatedNode.payload(job));
        if (sent.fate() != SentJob.Fate.NEW) {
            return null;
        }
        if (queue.equals(KEYED) && !delayed) {
            inLine.add(job);
        }
        return sent.id();
    }
}
