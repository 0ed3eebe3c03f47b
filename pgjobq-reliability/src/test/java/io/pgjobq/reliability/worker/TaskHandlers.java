package io.pgjobq.reliability.worker;

import io.pgjobq.JobContext;
import io.pgjobq.JobHandler;
import io.pgjobq.JobSender;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** The handlers, as an application would write them, each keeping its books. */
@Component
class TaskHandlers {

    private final JdbcClient database;
    private final JobSender sender;
    private final String worker;
    private final Path gate;

    TaskHandlers(
            JdbcClient database,
            JobSender sender,
            @Value("${pgjobq.node.name}") String worker,
            @Value("${reliability.gate}") String gate) {
        this.database = database;
        this.sender = sender;
        this.worker = worker;
        this.gate = Path.of(gate);
    }

    /** Work outside the database: at least once. */
    @JobHandler(Queues.PLAIN)
    void plain(Task task, JobContext job) throws InterruptedException {
        note("insert into books.started (job_id, attempt, worker) values (?, ?, ?)", job);
        work(task, job);
        note("insert into books.returned (job_id, attempt, worker) values (?, ?, ?)", job);
    }

    /** Work in the database: exactly once. */
    @JobHandler(Queues.TRANSFER)
    @Transactional
    public void transfer(Task task, JobContext job) throws InterruptedException {
        note("insert into books.effect (job_id, attempt, worker) values (?, ?, ?)", job);
        work(task, job);
    }

    /** No books: as many jobs as the engine can do. */
    @JobHandler(Queues.BARE)
    void bare(Task task, JobContext job) throws InterruptedException {
        work(task, job);
    }

    private void work(Task task, JobContext job) throws InterruptedException {
        switch (task.deed()) {
            case HALT -> Runtime.getRuntime().halt(1);
            case EXIT -> System.exit(1);
            case NOTHING -> TimeUnit.MILLISECONDS.sleep(task.workMillis());
            case FAIL_ONCE -> fail(job);
            case AWAIT_GATE -> awaitGate();
            case EXHAUST -> exhaust();
            case SEND_LATER -> sendLater(Duration.ofMillis(task.workMillis()));
            case UNTIL_CANCELLED -> awaitInterruption(job);
            case LINGER -> TransactionSynchronizationManager.registerSynchronization(new Lingering(task.workMillis()));
        }
    }

    private static void fail(JobContext job) {
        if (job.attempt() == 1) {
            throw new IllegalStateException("fails at the first attempt");
        }
    }

    private void awaitGate() throws InterruptedException {
        while (Files.notExists(gate)) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private void awaitInterruption(JobContext job) throws InterruptedException {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException ex) {
            note("insert into books.interrupted (job_id, attempt, worker) values (?, ?, ?)", job);
            throw ex;
        }
    }

    private static void exhaust() {
        List<byte[]> hoard = new ArrayList<>();
        while (true) {
            hoard.add(new byte[100_000]);
        }
    }

    /** Reads the server's clock before it sends: the row's own time is later than the one that the delay counts from. */
    private void sendLater(Duration delay) {
        OffsetDateTime asked = database.sql("select clock_timestamp()")
                .query(OffsetDateTime.class)
                .single();
        long id = sender.to(Queues.PLAIN)
                .delay(delay)
                .send(Task.of(Duration.ZERO))
                .id();
        database.sql("insert into books.sent (job_id, queue, sent_at) values (?, ?, ?)")
                .params(id, Queues.PLAIN, asked)
                .update();
    }

    private record Lingering(long millis) implements TransactionSynchronization {

        @Override
        public void beforeCommit(boolean readOnly) {
            try {
                TimeUnit.MILLISECONDS.sleep(millis);
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void note(String insert, JobContext job) {
        database.sql(insert).params(job.id(), job.attempt(), worker).update();
    }
}
