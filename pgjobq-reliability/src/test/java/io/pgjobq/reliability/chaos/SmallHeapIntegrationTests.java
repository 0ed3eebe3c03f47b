package io.pgjobq.reliability.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.reliability.harness.Audit;
import io.pgjobq.reliability.harness.Form;
import io.pgjobq.reliability.harness.Load;
import io.pgjobq.reliability.harness.Stage;
import io.pgjobq.reliability.harness.Worker;
import io.pgjobq.reliability.worker.Queues;
import io.pgjobq.reliability.worker.Task;
import io.pgjobq.reliability.worker.Task.Deed;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Handlers that take all memory there is, on workers with a small heap, so that any thread may be out of it. */
class SmallHeapIntegrationTests {

    private static final int EXHAUSTING = Form.pick(2, 100);
    private static final int ORDINARY = Form.pick(200, 2_000);

    @Test
    void handlersThatExhaustTheHeapLeaveNoJobBehind() throws Exception {
        try (Stage stage = Stage.set("small-heap")) {
            Load load = stage.load();
            List<Worker> workers = List.of(worker(stage, "first"), worker(stage, "second"));
            workers.forEach(Worker::awaitReady);
            OffsetDateTime began = stage.books().now();
            for (String queue : List.of(Queues.PLAIN, Queues.TRANSFER)) {
                load.send(queue, Task.of(Duration.ofMillis(20)), ORDINARY / 2);
                load.send(queue, Task.of(Duration.ZERO, Deed.EXHAUST), EXHAUSTING);
                load.send(queue, Task.of(Duration.ofMillis(20)), ORDINARY / 2);
            }
            stage.awaitDrained(Duration.ofMinutes(Form.pick(2, 10)));
            Duration drained = Duration.between(began, stage.books().now());
            stage.books().note(null, "out of memory", began);

            List<Long> after = load.send(Queues.PLAIN, Task.of(Duration.ofMillis(20)), ORDINARY);
            stage.awaitDrained(Duration.ofMinutes(1));
            Audit audit = stage.audit();
            long died = audit.dead() - 2L * EXHAUSTING;
            stage.report(
                    2 * EXHAUSTING + " jobs that take all memory each time, on 2 workers with a heap of 64 MB",
                    audit.assertClean(),
                    "all jobs ended after " + drained.toMillis() + " ms; the exhausting ones dead, of the others "
                            + died);
            assertThat(audit.dead()).isGreaterThanOrEqualTo(2L * EXHAUSTING);
            assertThat(stage.books()
                            .count(
                                    "select count(*) from pgjobq.finished_job where state = 'succeeded' and id = any"
                                            + " (?)",
                                    (Object) after.toArray(Long[]::new)))
                    .as("succeeded afterwards")
                    .isEqualTo(after.size());
        }
    }

    private static Worker worker(Stage stage, String name) {
        return stage.launch(
                List.of(),
                List.of("-Xmx64m"),
                stage.server().url(),
                name,
                "--pgjobq.defaults.max-attempts=3",
                "--pgjobq.defaults.retry.delay=200ms");
    }
}
