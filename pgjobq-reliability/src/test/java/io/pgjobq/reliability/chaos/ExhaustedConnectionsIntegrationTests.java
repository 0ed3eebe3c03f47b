package io.pgjobq.reliability.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.reliability.harness.Form;
import io.pgjobq.reliability.harness.Load;
import io.pgjobq.reliability.harness.Server;
import io.pgjobq.reliability.harness.Stage;
import io.pgjobq.reliability.harness.Worker;
import io.pgjobq.reliability.worker.Queues;
import io.pgjobq.reliability.worker.Task;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Chaos 3: too few connections, in the pool and on the server. */
class ExhaustedConnectionsIntegrationTests {

    private static final Duration FOR = Form.pick(Duration.ofSeconds(8), Duration.ofSeconds(60));

    @Test
    void aPoolThatHandlersEmptyDelaysJobsAndLosesNone() throws Exception {
        try (Stage stage = Stage.set("chaos-3a-pool-exhausted")) {
            Load load = stage.load();
            // 30 handlers at once want a connection each; a waiting one gives up, and its job is tried again.
            stage.worker(
                            "starved",
                            "--spring.datasource.hikari.maximum-pool-size=2",
                            "--spring.datasource.hikari.connection-timeout=1000",
                            "--pgjobq.defaults.max-attempts=100",
                            "--pgjobq.defaults.retry.max-delay=1s")
                    .awaitReady();
            OffsetDateTime began = stage.books().now();
            int jobs = Form.pick(300, 2_000);
            load.send(Queues.TRANSFER, Task.of(Duration.ofMillis(60)), jobs);
            load.send(Queues.PLAIN, Task.of(Duration.ofMillis(60)), jobs);
            stage.awaitDrained(Duration.ofMinutes(5));
            stage.books().note(null, "pool exhausted", began);

            stage.report(
                    "a pool of 2 connections for 20 handlers at once and the engine",
                    stage.audit().assertAllSucceeded(),
                    "never stands still");
        }
    }

    @Test
    void aServerThatRefusesConnectionsDelaysJobsAndLosesNone() throws Exception {
        try (Stage stage = Stage.set("chaos-3b-server-full")) {
            Load load = stage.load();
            List<Worker> workers = List.of(stage.worker("first"), stage.worker("second"));
            workers.forEach(Worker::awaitReady);
            load.start(100, Task.of(Duration.ofMillis(30)), Queues.PLAIN, Queues.TRANSFER);
            await().until(() -> stage.books().finished() > 100);
            OffsetDateTime began = stage.books().now();
            List<Connection> hogs = takeAllConnections(stage);
            // Nobody signals that time has passed.
            assertThat(new CountDownLatch(1).await(FOR.toMillis(), TimeUnit.MILLISECONDS))
                    .isFalse();
            Worker late = stage.worker(
                    "late", "--pgjobq.database-required=false", "--spring.datasource.hikari.connection-timeout=2000");
            late.awaitLog("remaining connection slots", Duration.ofSeconds(60));
            for (Connection hog : hogs) {
                hog.close();
            }
            OffsetDateTime over = stage.books().now();
            Duration recovery = stage.books().awaitStartsOf(List.of(workers.get(0), workers.get(1), late), over);
            stage.books().note(null, "server full", began);
            load.stop();
            stage.awaitDrained(Duration.ofMinutes(2));

            stage.report(
                    "all " + hogs.size() + " connections of the server taken away for " + FOR.toSeconds()
                            + " s; a third worker started meanwhile",
                    stage.audit().assertAllSucceeded(),
                    "all three workers start jobs " + recovery.toMillis() + " ms after connections are free again");
            assertThat(recovery).isLessThan(Duration.ofSeconds(15));
        }
    }

    /** Opens connections until the server refuses more, and takes away those that the applications had. */
    private static List<Connection> takeAllConnections(Stage stage) {
        List<Connection> hogs = new ArrayList<>();
        var superuser = stage.server().database();
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(1))
                .until(() -> {
                    superuser
                            .sql("select pg_terminate_backend(pid) from pg_stat_activity"
                                    + " where usename = 'app' and application_name <> 'hog'")
                            .query(Boolean.class)
                            .list();
                    while (tryAdd(stage, hogs)) {
                        // as many as there are
                    }
                    return superuser
                                    .sql("select count(*) from pg_stat_activity"
                                            + " where usename = 'app' and application_name <> 'hog'")
                                    .query(Long.class)
                                    .single()
                            == 0;
                });
        return hogs;
    }

    private static boolean tryAdd(Stage stage, List<Connection> hogs) {
        try {
            hogs.add(DriverManager.getConnection(stage.server().url() + "?ApplicationName=hog", Server.USER, ""));
            return true;
        } catch (SQLException ex) {
            if ("53300".equals(ex.getSQLState())) {
                return false;
            }
            throw new IllegalStateException(ex);
        }
    }
}
