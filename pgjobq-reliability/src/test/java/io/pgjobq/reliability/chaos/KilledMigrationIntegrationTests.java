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
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Processes that are killed while they bring the schema to their version, each of which leaves the next one the rest. */
class KilledMigrationIntegrationTests {

    private static final int GATE = 4_711;

    /** What a process has just made when it is killed, in the order of the change log; Liquibase's own lock comes first. */
    private static final List<String> POINTS = Form.pick(
            List.of("pgjobq.pgjobq_databasechangeloglock", "pgjobq.claim(%", "pgjobq.version()"),
            List.of(
                    "pgjobq.pgjobq_databasechangeloglock",
                    "pgjobq.node",
                    "pgjobq.claim(%",
                    "pgjobq.rescue(%",
                    "pgjobq.version()"));

    private static final Duration STARTS_WITHIN = Duration.ofMinutes(2);

    @Test
    void theNextStartFinishesWhatAKilledOneBegan() throws Exception {
        try (Stage stage = Stage.set("killed-migration")) {
            for (String point : POINTS) {
                killAt(stage, point);
            }
            OffsetDateTime began = stage.books().now();
            Worker last = stage.worker("last");
            last.awaitLog("migrated to version", STARTS_WITHIN);
            Duration finished = Duration.between(began, stage.books().now());
            last.awaitReady();

            Load load = stage.load();
            load.send(Queues.PLAIN, Task.of(Duration.ZERO), 20);
            load.send(Queues.TRANSFER, Task.of(Duration.ZERO), 20);
            stage.awaitDrained(Duration.ofSeconds(30));
            stage.report(
                    POINTS.size() + " processes killed with SIGKILL at as many points of one migration",
                    stage.audit().assertAllSucceeded(),
                    "the next one finishes it, " + finished.toMillis() + " ms after its process was started");
            assertThat(stage.books().count("select count(*) from pgjobq.pgjobq_databasechangeloglock where locked"))
                    .as("Liquibase's lock")
                    .isZero();
        }
    }

    /** Starts a process, stops its migration right after it has made the object, and kills it there. */
    private static void killAt(Stage stage, String point) throws SQLException {
        JdbcClient superuser = stage.server().database();
        superuser
                .sql("create or replace function public.gate() returns event_trigger language plpgsql as $$ begin"
                        + " if exists (select from pg_event_trigger_ddl_commands() where object_identity like '" + point
                        + "') then perform pg_advisory_xact_lock(" + GATE + "); end if; end $$")
                .update();
        superuser
                .sql("create event trigger gate on ddl_command_end execute function public.gate()")
                .update();
        try (Connection gate = DriverManager.getConnection(stage.server().url(), "postgres", "");
                Statement statement = gate.createStatement()) {
            statement.execute("select pg_advisory_lock(" + GATE + ")");
            Worker victim = stage.worker("victim-" + POINTS.indexOf(point));
            await(point).atMost(STARTS_WITHIN).until(() -> atTheGate(superuser) == 1);
            victim.kill();
        } finally {
            superuser.sql("drop event trigger gate").update();
        }
        await("the server to end what the killed process had begun")
                .until(() -> superuser
                                .sql("select count(*) from pg_stat_activity where usename = ?")
                                .param(Server.USER)
                                .query(Long.class)
                                .single()
                        == 0);
    }

    private static long atTheGate(JdbcClient superuser) {
        return superuser
                .sql("select count(*) from pg_locks where locktype = 'advisory' and objid = ? and not granted")
                .param(GATE)
                .query(Long.class)
                .single();
    }
}
