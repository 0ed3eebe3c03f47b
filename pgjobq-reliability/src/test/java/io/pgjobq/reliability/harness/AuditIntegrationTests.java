package io.pgjobq.reliability.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgjobq.reliability.worker.Queues;
import io.pgjobq.reliability.worker.Task;
import java.time.Duration;
import java.util.List;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The audit finds what it is there to find: each kind of violation is planted, found, and taken away again. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuditIntegrationTests {

    private Stage stage;
    private JdbcClient database;
    private List<Long> plain;
    private List<Long> transfers;

    @BeforeAll
    void runSomeJobs() {
        stage = Stage.set("audit");
        database = stage.server().database();
        Load load = stage.load();
        stage.worker("worker").awaitReady();
        plain = load.send(Queues.PLAIN, Task.of(Duration.ZERO), 20);
        transfers = load.send(Queues.TRANSFER, Task.of(Duration.ZERO), 20);
        stage.awaitDrained(Duration.ofSeconds(30));
    }

    @AfterAll
    void close() throws Exception {
        stage.close();
    }

    @Test
    void findsNothingWhereNothingWentWrong() {
        assertThatCode(() -> stage.audit().assertAllSucceeded()).doesNotThrowAnyException();
    }

    @Test
    void findsALostJob() {
        finds(Audit::lost, "insert into books.sent values (-1, 'plain')", "delete from books.sent where job_id = -1");
    }

    @Test
    void findsAJobThatNobodyCommitted() {
        finds(
                Audit::phantom,
                "insert into pgjobq.job (id, seq, queue_id, payload) values (-1, 1, -1, '')",
                "delete from pgjobq.job where id = -1");
    }

    @Test
    void findsAJobThatEndedAndIsStillThere() {
        finds(
                Audit::endedTwice,
                "insert into pgjobq.job (id, seq, queue_id, payload) values (" + plain.get(0) + ", 1, -1, '')",
                "delete from pgjobq.job where id = " + plain.get(0));
    }

    @Test
    void findsAnEffectThatHappenedTwice() {
        finds(
                Audit::wrongEffects,
                "insert into books.effect values (" + transfers.get(0) + ", 2, 'x')",
                "delete from books.effect where attempt = 2");
    }

    @Test
    void findsAnEffectThatDidNotHappen() {
        long transfer = transfers.get(1);
        finds(
                Audit::wrongEffects,
                "delete from books.effect where job_id = " + transfer,
                "insert into books.effect values (" + transfer + ", 1, 'worker')");
    }

    @Test
    void findsAStartThatNothingExplains() {
        finds(
                Audit::unexplained,
                "insert into books.started values (" + plain.get(1) + ", 2, 'worker')",
                "delete from books.started where attempt = 2");
    }

    @Test
    void acceptsAStartThatAnIncidentOfThatWorkerExplainsAndNoOther() {
        String again = "insert into books.started values (" + plain.get(2) + ", 3, 'worker')";
        String incident = "insert into books.incident select '%s', 'killed', started_at, clock_timestamp()"
                + " from books.started where job_id = " + plain.get(2);
        database.sql(incident.formatted("another")).update();
        finds(Audit::unexplained, again, "delete from books.started where attempt = 3");
        database.sql(incident.formatted("worker")).update();
        database.sql(again).update();
        assertThat(stage.audit().unexplained()).isZero();
        assertThat(stage.audit().repeated()).isPositive();
        database.sql("delete from books.started where attempt = 3").update();
        database.sql("delete from books.incident").update();
    }

    private void finds(ToLongFunction<Audit> figure, String plant, String remove) {
        database.sql(plant).update();
        try {
            assertThat(figure.applyAsLong(stage.audit())).isEqualTo(1);
            assertThatThrownBy(() -> stage.audit().assertClean()).isInstanceOf(AssertionError.class);
        } finally {
            database.sql(remove).update();
        }
    }
}
