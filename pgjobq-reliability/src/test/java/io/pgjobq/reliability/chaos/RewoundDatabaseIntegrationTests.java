package io.pgjobq.reliability.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.reliability.harness.Audit;
import io.pgjobq.reliability.harness.Books;
import io.pgjobq.reliability.harness.Form;
import io.pgjobq.reliability.harness.Load;
import io.pgjobq.reliability.harness.Stage;
import io.pgjobq.reliability.harness.Worker;
import io.pgjobq.reliability.worker.Queues;
import io.pgjobq.reliability.worker.Task;
import io.pgjobq.reliability.worker.Task.Deed;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A database that goes back to before its workers came, while these hold jobs: a backup that is put back, and a standby that
 * is promoted far behind. Numbers of nodes, claims and jobs come a second time, and handlers whose jobs are forgotten return
 * while others work on new jobs of the same numbers.
 */
class RewoundDatabaseIntegrationTests {

    private static final int JOBS = Form.pick(30, 100);

    /** Work of the new jobs, so long that all of them run when the forgotten handlers return. */
    private static final Duration WORK = Form.pick(Duration.ofSeconds(8), Duration.ofSeconds(60));

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /**
     * Jobs that ended before a handler can have done their work. Only starts tell: those of forgotten handlers went with the
     * database, while their returns are booked under the numbers of others.
     */
    private static final String NOT_RUN = """
            select count(*) from pgjobq.finished_job f where f.state = 'succeeded' and not exists (
                select from books.started b where b.job_id = f.id and f.finished_at >= b.started_at
                    + case when f.id = any (?) then ? * interval '1 second' else interval '0' end)""";

    private static final String REGISTRATIONS =
            "select count(distinct id) from pgjobq.node where name in ('first', 'second')";

    @Test
    void aBackupThatIsPutBackLetsNothingEndThatDidNotRun() throws Exception {
        try (Stage stage = Stage.set("rewound-1-backup")) {
            stage.load().close();
            Path backup = stage.server().copy();
            Load load = stage.load();
            List<Worker> workers = busyWorkers(stage, load, 0);
            stage.server().crash();
            stage.server().restore(backup);
            goOn(
                    stage,
                    load,
                    workers,
                    0,
                    "a backup of the empty schema put back while 2 workers held " + JOBS + " jobs");
        }
    }

    @Test
    void aStandbyThatLacksTheLastCommitsLetsNothingEndThatDidNotRunAndRunsWhatItKnows() throws Exception {
        try (Stage stage = Stage.set("rewound-2-standby")) {
            Load before = stage.load();
            before.send(Queues.PLAIN, Task.of(Duration.ZERO, Deed.AWAIT_GATE), JOBS);
            before.close();
            Path standby = stage.server().copy();
            String position = lastReceived(stage);
            Load load = stage.load();
            List<Worker> workers = busyWorkers(stage, load, JOBS);
            stage.server().crash();
            stage.server().failOver(standby, position);
            goOn(
                    stage,
                    load,
                    workers,
                    JOBS,
                    "a standby promoted that knew " + JOBS + " of the " + 2 * JOBS
                            + " jobs that 2 workers held, and neither worker");
        }
    }

    /** Something for the standby to replay, and the position after it. */
    private static String lastReceived(Stage stage) {
        stage.server().database().sql("create table public.received ()").update();
        return stage.server()
                .database()
                .sql("select pg_current_wal_insert_lsn()::text")
                .query(String.class)
                .single();
    }

    /** Workers that hold what the database knows later, and as many jobs that it will have forgotten. */
    private static List<Worker> busyWorkers(Stage stage, Load load, int known) {
        List<Worker> workers = List.of(worker(stage, "first"), worker(stage, "second"));
        workers.forEach(Worker::awaitReady);
        startOneByOne(stage, load, Task.of(Duration.ZERO, Deed.AWAIT_GATE));
        await("the workers to hold their jobs")
                .atMost(PATIENCE)
                .until(() -> stage.books().count("select count(*) from books.started") == known + JOBS);
        return workers;
    }

    private static Worker worker(Stage stage, String name) {
        // Room for all jobs of both times, as forgotten handlers still run.
        return stage.worker(name, "--pgjobq.defaults.concurrency=" + 4 * JOBS);
    }

    /** Each has a claim of its own, so that many ids of claims are used. */
    private static Long[] startOneByOne(Stage stage, Load load, Task task) {
        List<Long> started = new ArrayList<>();
        await("the first job to be sent")
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> started.addAll(send(load, task)));
        awaitStart(stage, started.get(0));
        while (started.size() < JOBS) {
            started.addAll(send(load, task));
            awaitStart(stage, started.get(started.size() - 1));
        }
        return started.toArray(Long[]::new);
    }

    private static List<Long> send(Load load, Task task) {
        return load.send(Queues.PLAIN, task, 1);
    }

    private static void awaitStart(Stage stage, long job) {
        await("job " + job + " to start")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .ignoreExceptions()
                .until(() -> stage.books().count("select count(*) from books.started where job_id = ?", job) > 0);
    }

    private static void goOn(Stage stage, Load load, List<Worker> workers, int known, String done) {
        Books books = stage.books();
        OffsetDateTime back = books.now();
        Long[] sent = startOneByOne(stage, load, Task.of(WORK));
        Duration began = Duration.between(back, books.now());
        Duration slowest = books.duration(
                "max(b.started_at - s.sent_at) from books.sent s join books.started b using (job_id) where job_id = any (?)",
                (Object) sent);
        stage.openGate();
        OffsetDateTime returned = books.now();
        stage.awaitDrained(PATIENCE.plus(WORK));

        Audit audit = stage.audit();
        long notRun = books.count(NOT_RUN, sent, WORK.toSeconds());
        long registrations = books.count(REGISTRATIONS);
        stage.report(
                done + "; " + JOBS + " new ones sent, at work when the handlers of before returned",
                audit,
                notRun + " ended without having run; " + registrations
                        + " registrations of 2 workers; all new ones began"
                        + " within " + began.toMillis() + " ms after the database was back, at most "
                        + slowest.toMillis() + " ms after they were sent");
        assertThat(books.count(
                        "select count(*) from books.started where started_at + ? * interval '1 second' > ?",
                        WORK.toSeconds(),
                        returned))
                .as("at work when the forgotten handlers returned")
                .isPositive();
        assertThat(notRun).as("succeeded without having run to the end").isZero();
        assertThat(registrations).as("registrations of the workers").isEqualTo(workers.size());
        assertThat(audit.assertAllSucceeded().committed()).isEqualTo(known + JOBS);
        assertThat(workers).allMatch(Worker::isAlive);
    }
}
