package io.pgjobq.reliability.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.reliability.harness.Books;
import io.pgjobq.reliability.harness.Form;
import io.pgjobq.reliability.harness.Load;
import io.pgjobq.reliability.harness.Stage;
import io.pgjobq.reliability.harness.Worker;
import io.pgjobq.reliability.worker.Queues;
import io.pgjobq.reliability.worker.Task;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Chaos 8: the database can't be reached at the start, and is away again later. */
class AbsentServerIntegrationTests {

    private static final Duration AWAY = Form.pick(Duration.ofSeconds(20), Duration.ofSeconds(60));
    private static final Duration BACK_WITHIN = Duration.ofSeconds(10);

    @Test
    void aWorkerThatRequiresItsDatabaseEndsAtOnceAndSaysWhy() throws Exception {
        try (Stage stage = Stage.set("chaos-8a-required-at-start")) {
            stage.server().crash();
            Worker worker = stage.worker("hasty", "--spring.datasource.hikari.connection-timeout=1000");
            worker.awaitEnd(Duration.ofSeconds(60));
            assertThat(worker.logged("pgjobq.database-required")).isNotEmpty();
            stage.server().restart();
        }
    }

    @Test
    void workersWaitForTheirDatabaseAtTheStartAndLater() throws Exception {
        try (Stage stage = Stage.set("chaos-8b-away")) {
            Books books = stage.books();
            Load load = stage.load();
            load.start(100, Task.of(Duration.ofMillis(20)), Queues.PLAIN, Queues.TRANSFER);
            await().until(() -> books.sent() > 50);

            stage.server().crash();
            Worker worker =
                    stage.worker("patient", "--pgjobq.database-required=false").awaitReady();
            worker.awaitLog("starting: interrupted", Duration.ofSeconds(60));
            stage.server().restart();
            Duration start = books.awaitStartsOf(List.of(worker), books.now());

            OffsetDateTime began = books.now();
            stage.server().crash();
            int failed = load.failures().size();
            Duration cpu = worker.cpu();
            // Nobody signals that time has passed.
            assertThat(new CountDownLatch(1).await(AWAY.toMillis(), TimeUnit.MILLISECONDS))
                    .isFalse();
            Duration burnt = worker.cpu().minus(cpu);
            List<Load.Failure> failures =
                    load.failures().subList(failed, load.failures().size());
            stage.server().restart();
            Duration recovery = books.awaitStartsOf(List.of(worker), books.now());
            books.note(null, "server away", began);
            load.stop();
            stage.awaitDrained(Duration.ofMinutes(2));

            stage.report(
                    "no server at the start; later away for " + AWAY.toSeconds() + " s",
                    stage.audit().assertAllSucceeded(),
                    "starts jobs " + start.toMillis() + " ms and " + recovery.toMillis()
                            + " ms after the server is back; " + burnt.toMillis() * 100 / AWAY.toMillis()
                            + " % of a core while it is away");
            assertThat(start).isLessThan(BACK_WITHIN);
            assertThat(recovery).isLessThan(BACK_WITHIN);
            assertThat(burnt).as("processor time while away").isLessThan(AWAY.dividedBy(10));
            assertThat(failures)
                    .isNotEmpty()
                    .allSatisfy(failure -> assertThat(failure.after())
                            .as("sender told after, given a pool that waits for 1 s")
                            .isLessThan(Duration.ofSeconds(3)));
            assertThat(worker.logged(": interrupted, trying again"))
                    .as("outages said")
                    .hasSizeBetween(1, 8);
            // What failed in the last moment, such as a heartbeat, says so when it is due again.
            await().atMost(Duration.ofMinutes(1))
                    .untilAsserted(() -> assertThat(worker.logged(": works again"))
                            .hasSameSizeAs(worker.logged(": interrupted, trying again")));
        }
    }
}
