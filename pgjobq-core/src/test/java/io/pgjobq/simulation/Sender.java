package io.pgjobq.simulation;

import io.pgjobq.JobSender;
import io.pgjobq.PgJobQ;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/** Sends in transactions that commit late or roll back; one in ten is sent without waking anybody. */
final class Sender implements Runnable {

    private final Ledger ledger;
    private final BooleanSupplier goesOn;
    private final PgJobQ pgJobQ;
    private final TransactionTemplate transaction;
    private final JdbcTemplate jdbc;

    Sender(TestDatabase database, Ledger ledger, BooleanSupplier goesOn) {
        this.ledger = ledger;
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
            try {
                transaction.executeWithoutResult(status -> {
                    jobs.forEach(job -> send(job, random));
                    if (random.nextInt(5) == 0) {
                        LockSupport.parkNanos(random.nextInt(100_000_000));
                    }
                    if (rollBack) {
                        status.setRollbackOnly();
                    }
                });
                if (!rollBack) {
                    ledger.committed(jobs, history);
                }
            } catch (DataAccessException | TransactionException ex) {
                // The connection was cut, perhaps after the commit.
                ledger.inDoubt(jobs);
            }
            LockSupport.parkNanos(random.nextInt(1_000_000));
        }
        pgJobQ.close();
    }

    private void send(long job, ThreadLocalRandom random) {
        String queue = random.nextBoolean() ? "plain" : "joint";
        if (random.nextInt(10) == 0) {
            jdbc.queryForObject(
                    "select pgjobq.send_quietly(?, to_jsonb(?), ?::text, priority => ?)",
                    Long.class,
                    queue,
                    job,
                    job,
                    random.nextInt(10));
            return;
        }
        JobSender.Spec spec = pgJobQ.sender().to(queue).type(Long.toString(job)).priority(random.nextInt(4, 6));
        if (random.nextInt(20) == 0) {
            spec = spec.delay(Duration.ofMillis(random.nextInt(300)));
        }
        spec.send(SimulatedNode.payload(job));
    }
}
