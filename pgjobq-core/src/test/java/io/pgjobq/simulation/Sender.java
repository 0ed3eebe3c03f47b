package io.pgjobq.simulation;

import io.pgjobq.JobSender;
import io.pgjobq.PgJobQ;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
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
            List<Long> ids = new ArrayList<>();
            transaction.executeWithoutResult(status -> {
                for (int i = random.nextInt(1, 8); i > 0; i--) {
                    ids.add(send(random));
                }
                if (random.nextInt(5) == 0) {
                    LockSupport.parkNanos(random.nextInt(100_000_000));
                }
                if (rollBack) {
                    ids.forEach(ledger::rolledBack);
                    status.setRollbackOnly();
                }
            });
            if (!rollBack) {
                ids.forEach(ledger::committed);
            }
            LockSupport.parkNanos(random.nextInt(1_000_000));
        }
        pgJobQ.close();
    }

    private long send(ThreadLocalRandom random) {
        String queue = random.nextBoolean() ? "plain" : "joint";
        if (random.nextInt(10) == 0) {
            Long id = jdbc.queryForObject(
                    "select pgjobq.send_quietly(?, '{}'::jsonb, priority => ?)", Long.class, queue, random.nextInt(10));
            return Objects.requireNonNull(id);
        }
        JobSender.Spec spec = pgJobQ.sender().to(queue).priority(random.nextInt(4, 6));
        if (random.nextInt(20) == 0) {
            spec = spec.delay(Duration.ofMillis(random.nextInt(300)));
        }
        return spec.send(new byte[] {'{', '}'}).id();
    }
}
