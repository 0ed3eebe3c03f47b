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
import org.junit.jupiter.api.Test;

/** Chaos 5: a worker that is killed and restarted every few seconds, beside another one. */
class RestartedWorkerIntegrationTests {

    private static final int ROUNDS = Form.pick(5, 20);

    /** A few of the jobs are hit by more than one kill, each of which takes three seconds at most to be noticed. */
    private static final Duration LATEST = Duration.ofSeconds(12);

    @Test
    void aWorkerThatIsKilledAndRestartedAllTheTimeLosesNothing() throws Exception {
        try (Stage stage = Stage.set("chaos-5-restarts")) {
            Load load = stage.load();
            Worker steady = stage.worker("steady").awaitReady();
            load.start(100, Task.of(Duration.ofMillis(20)), Queues.PLAIN, Queues.TRANSFER);
            long inTheMiddle = 0;
            for (int round = 0; round < ROUNDS; round++) {
                inTheMiddle += startAndKill(stage, load, round);
            }
            load.stop();
            stage.awaitDrained(Duration.ofMinutes(1));

            Duration latest = latestEnd(stage.books());
            stage.report(
                    ROUNDS + " times a worker started and killed at once when it worked, or while it started",
                    stage.audit().assertAllSucceeded(),
                    inTheMiddle + " jobs were held by the killed; from sending to the end at most " + latest.toMillis()
                            + " ms");
            assertThat(load.failures()).isEmpty();
            assertThat(steady.isAlive()).isTrue();
            assertThat(inTheMiddle).isPositive();
            assertThat(latest).isLessThan(LATEST);
        }
    }

    /** Kills every third while it starts, the others while they work; returns how many jobs they held. */
    private static int startAndKill(Stage stage, Load load, int round) {
        Books books = stage.books();
        Worker worker = stage.worker("restarted-" + round);
        if (round % 3 == 2) {
            await().atMost(Duration.ofSeconds(90))
                    .pollInterval(Duration.ofMillis(2))
                    .until(() -> books.count("select count(*) from pgjobq.node where name = ?", worker.name()) > 0);
        } else {
            worker.awaitReady();
            books.freeze(worker, () -> {
                if (books.waiting() < 30) {
                    load.send(Queues.PLAIN, Task.of(Duration.ofMillis(100)), 60);
                }
                return books.count("select count(*) from books.started where worker = ?", worker.name()) >= 5
                        && !books.heldBy(worker).isEmpty();
            });
        }
        books.kill(worker);
        return books.heldBy(worker).size();
    }

    private static Duration latestEnd(Books books) {
        return books.duration(
                "max(f.finished_at - s.sent_at) from books.sent s join pgjobq.finished_job f on f.id = s.job_id");
    }
}
