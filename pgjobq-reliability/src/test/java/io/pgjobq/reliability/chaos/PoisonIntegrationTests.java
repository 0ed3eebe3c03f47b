package io.pgjobq.reliability.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.reliability.harness.Audit;
import io.pgjobq.reliability.harness.Books;
import io.pgjobq.reliability.harness.Form;
import io.pgjobq.reliability.harness.Load;
import io.pgjobq.reliability.harness.Stage;
import io.pgjobq.reliability.harness.Supervisor;
import io.pgjobq.reliability.worker.Queues;
import io.pgjobq.reliability.worker.Task;
import io.pgjobq.reliability.worker.Task.Deed;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Jobs that end their process each time, by a crash or by {@code System.exit}, on workers that are started again. */
class PoisonIntegrationTests {

    private static final String[] WORKER = {
        "--pgjobq.defaults.max-attempts=3",
        "--pgjobq.defaults.retry.delay=200ms",
        "--spring.datasource.hikari.maximum-pool-size=20"
    };

    private record Dead(long id, String queue, String errors) {}

    /** The exit does not wait for the handler that called it. */
    private static final Duration EXIT = Duration.ofSeconds(10);

    @Test
    void jobsThatKillTheirProcessEndAmongTheDeadAndTakeNobodyWithThem() throws Exception {
        try (Stage stage = Stage.set("chaos-9-poison")) {
            Load load = stage.load();
            Books books = stage.books();
            List<Supervisor> supervisors = new ArrayList<>();
            for (String name : List.of("ant", "bee")) {
                supervisors.add(stage.add(new Supervisor(books, worker -> stage.worker(worker, WORKER), name)));
            }
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> books.count("select count(*) from pgjobq.node where name <> 'sender'") == 2);
            load.start(60, Task.of(Duration.ofMillis(20)), Queues.PLAIN, Queues.TRANSFER);
            OffsetDateTime began = books.now();
            List<Long> poison = new ArrayList<>();
            List<Long> exits = new ArrayList<>();
            for (int i = 0; i < Form.pick(1, 3); i++) {
                poison.add(bury(stage, load, Queues.PLAIN, Deed.HALT));
                poison.add(bury(stage, load, Queues.TRANSFER, Deed.HALT));
                exits.add(bury(stage, load, Queues.PLAIN, Deed.EXIT));
            }
            poison.addAll(exits);
            Duration buried = Duration.between(began, books.now());
            load.stop();
            stage.awaitDrained(Duration.ofMinutes(2));
            for (Supervisor supervisor : supervisors) {
                supervisor.close();
            }

            Audit audit = stage.audit().assertClean();
            long ended =
                    supervisors.stream().mapToLong(s -> s.workers().size() - 1).sum();
            Duration exit = longestExit(books, exits);
            stage.report(
                    poison.size() + " jobs that end their process each time; processes ended " + ended + " times",
                    audit,
                    "all of these dead after " + buried.toSeconds() + " s, no other job; an exit took at most "
                            + exit.toMillis() + " ms");
            assertThat(load.failures()).isEmpty();
            assertThat(stage.server()
                            .database()
                            .sql("select f.id, q.name, f.errors::text from pgjobq.finished_job f"
                                    + " join pgjobq.queue q on q.id = f.queue_id where f.state = 'dead'")
                            .query((row, number) -> new Dead(row.getLong(1), row.getString(2), row.getString(3)))
                            .list())
                    .as("dead are the killers alone")
                    .filteredOn(dead -> !poison.contains(dead.id()))
                    .isEmpty();
            assertThat(audit.dead()).isEqualTo(poison.size());
            assertThat(audit.succeeded()).isEqualTo(audit.committed() - poison.size());
            assertThat(exit).isLessThan(EXIT);
        }
    }

    /** Sends a job that kills its process, and waits for its death and for all that it has hit to be over it. */
    private static long bury(Stage stage, Load load, String queue, Deed deed) {
        long killer = load.send(queue, Task.of(Duration.ZERO, deed), 1).get(0);
        Books books = stage.books();
        await().atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> books.count("select count(*) from pgjobq.job where id = ? or attempt > 0", killer) == 0);
        return killer;
    }

    /** From the start of a job that calls {@code System.exit} to the end of its process. */
    private static Duration longestExit(Books books, List<Long> exits) {
        return books.duration(
                "max(i.ended_at - s.started_at) from books.started s join books.incident i on i.worker = s.worker"
                        + " where s.job_id = any (?)",
                (Object) exits.toArray(Long[]::new));
    }
}
