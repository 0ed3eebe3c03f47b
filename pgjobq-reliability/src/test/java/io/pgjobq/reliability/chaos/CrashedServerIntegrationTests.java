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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Chaos 1: the server crashes under load, recovers from its log, and comes back. */
class CrashedServerIntegrationTests {

    private static final int CRASHES = Form.pick(3, 10);
    private static final Duration BACK_WITHIN = Duration.ofSeconds(10);

    @Test
    void nothingIsLostWhenTheServerCrashesAndTheWorkersComeBackByThemselves() throws Exception {
        try (Stage stage = Stage.set("chaos-1-server-crash")) {
            Load load = stage.load();
            List<Worker> workers = List.of(stage.worker("first"), stage.worker("second"));
            workers.forEach(Worker::awaitReady);
            load.start(150, Task.of(Duration.ofMillis(30)), Queues.PLAIN, Queues.TRANSFER);
            List<Duration> recoveries = new ArrayList<>();
            for (int crash = 1; crash <= CRASHES; crash++) {
                long done = stage.books().finished();
                await().until(() -> stage.books().finished() > done + 300);
                recoveries.add(crash(stage, workers));
            }
            load.stop();
            stage.awaitDrained(Duration.ofMinutes(2));

            stage.report(
                    CRASHES + " immediate stops of the server under 150 jobs/s, 2 workers",
                    stage.audit().assertAllSucceeded(),
                    "both workers start jobs again " + Figures.medianAndWorst(recoveries)
                            + " after the server accepts connections");
            assertThat(Figures.worst(recoveries)).isLessThan(BACK_WITHIN);
            assertThat(load.failures()).isNotEmpty();
            workers.forEach(worker -> assertSaidOnceForEachChange(worker));
        }
    }

    private static Duration crash(Stage stage, List<Worker> workers) throws InterruptedException {
        Books books = stage.books();
        OffsetDateTime began = books.now();
        stage.server().crash();
        // Nobody signals that time has passed.
        assertThat(new CountDownLatch(1).await(1, TimeUnit.SECONDS)).isFalse();
        stage.server().restart();
        OffsetDateTime back = books.now();
        Duration recovery = books.awaitStartsOf(workers, back);
        // What a worker had taken before the crash, under a claim that the crash forgot, may start on two workers.
        books.note(null, "server crash", began);
        return recovery;
    }

    private static void assertSaidOnceForEachChange(Worker worker) {
        assertThat(worker.logged(": interrupted, trying again").size())
                .as("%s: outages said", worker.name())
                // What has not come back yet when the server crashes again says nothing.
                .isPositive()
                // Claiming on three queues, settling, announcing, listening, maintenance.
                .isLessThanOrEqualTo(CRASHES * 7);
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(worker.logged(": works again").size())
                        .as("%s: ends of outages said", worker.name())
                        .isEqualTo(worker.logged(": interrupted, trying again").size()));
    }
}
