package io.pgjobq.reliability.worker;

import io.pgjobq.JobContext;
import io.pgjobq.JobHandler;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The handlers, as an application would write them, each keeping its books. */
@Component
class TaskHandlers {

    private final JdbcClient database;
    private final String worker;

    TaskHandlers(JdbcClient database, @Value("${pgjobq.node.name}") String worker) {
        this.database = database;
        this.worker = worker;
    }

    /** Work outside the database: at least once. */
    @JobHandler(Queues.PLAIN)
    void plain(Task task, JobContext job) throws InterruptedException {
        note("insert into books.started (job_id, attempt, worker) values (?, ?, ?)", job);
        work(task);
        note("insert into books.returned (job_id, attempt, worker) values (?, ?, ?)", job);
    }

    /** Work in the database: exactly once. */
    @JobHandler(Queues.TRANSFER)
    @Transactional
    public void transfer(Task task, JobContext job) throws InterruptedException {
        note("insert into books.effect (job_id, attempt, worker) values (?, ?, ?)", job);
        work(task);
    }

    /** No books: as many jobs as the engine can do. */
    @JobHandler(Queues.BARE)
    void bare(Task task) throws InterruptedException {
        work(task);
    }

    private static void work(Task task) throws InterruptedException {
        switch (task.deed()) {
            case HALT -> Runtime.getRuntime().halt(1);
            case EXIT -> System.exit(1);
            case NOTHING -> TimeUnit.MILLISECONDS.sleep(task.workMillis());
        }
    }

    private void note(String insert, JobContext job) {
        database.sql(insert).params(job.id(), job.attempt(), worker).update();
    }
}
