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
import org.junit.jupiter.api.Test;

/** Chaos 4: a worker process killed with SIGKILL under load. */
class KilledWorkerIntegrationTests {

    private static final int KILLS = Form.pick(8, 30);
    private static final Duration PROMISED = Duration.ofSeconds(3);

    @Test
    void theJobsOfAKilledProcessStartElsewhereWithinThreeSeconds() throws Exception {
        try (Stage stage = Stage.set("chaos-4-sigkill")) {
            Load load = stage.load();
            Worker survivor = stage.worker("survivor").awaitReady();
            load.start(100, Task.of(Duration.ofMillis(20)), Queues.PLAIN, Queues.TRANSFER);
            List<Books.Recovery> recoveries = new ArrayList<>();
            for (int kill = 0; kill < KILLS; kill++) {
                Worker victim = stage.worker("victim-" + kill).awaitReady();
                recoveries.add(killWhileItHoldsJobs(stage, load, victim));
            }
            load.stop();
            stage.awaitDrained(Duration.ofMinutes(1));

            List<Duration> lasts = recoveries.stream().map(Books.Recovery::last).toList();
            stage.report(
                    KILLS + " processes killed with SIGKILL while they held jobs",
                    stage.audit().assertAllSucceeded(),
                    "all jobs of the dead started elsewhere after " + Figures.medianAndWorst(lasts));
            assertThat(survivor.isAlive()).isTrue();
            assertThat(Figures.worst(lasts)).isLessThan(PROMISED);
        }
    }

    private static Books.Recovery killWhileItHoldsJobs(Stage stage, Load load, Worker victim) {
        Books books = stage.books();
        books.freeze(victim, () -> {
            if (books.waiting() < 30) {
                load.send(Queues.PLAIN, Task.of(Duration.ofMillis(200)), 60);
            }
            return books.heldBy(victim, Queues.PLAIN).size() >= 10;
        });
        OffsetDateTime killed = books.kill(victim);
        // Some had started and some not.
        List<Long> orphans = books.heldBy(victim, Queues.PLAIN);
        assertThat(orphans).hasSizeGreaterThanOrEqualTo(10);
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> books.startedElsewhere(orphans, victim, killed) == orphans.size());
        return books.recovery(orphans, victim, killed);
    }
}
