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
import io.pgjobq.reliability.worker.Task.Deed;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Chaos 6: a worker that is stopped past its time-out inside plain handlers, inside transactions, and between the completion
 * of a job and its commit, and then continued.
 */
class FrozenWorkerIntegrationTests {

    private static final int ROUNDS = Form.pick(1, 5);
    private static final Duration PROMISED = Duration.ofSeconds(15);

    /** The default. */
    private static final int CONCURRENCY = 10;

    /** Handlers in a transaction keep a connection each. */
    private static final String POOL = "--spring.datasource.hikari.maximum-pool-size=20";

    private static final String STARTED = """
            select count(*) from (
                select job_id from books.started where worker <> ? and started_at > ? union
                select job_id from books.effect where worker <> ? and effected_at > ?) as elsewhere
            where job_id = any (?)""";

    private static final String LAST_START = """
            max(at) - ? from (
                select job_id, min(at) as at from (
                    select job_id, started_at as at from books.started where worker <> ? and started_at > ? union all
                    select job_id, effected_at from books.effect where worker <> ? and effected_at > ?) as elsewhere
                where job_id = any (?) group by job_id) as first""";

    @Test
    void aStoppedWorkerIsReplacedInTimeAndFencedWhenItGoesOn() throws Exception {
        try (Stage stage = Stage.set("chaos-6-sigstop")) {
            Load load = stage.load();
            Worker survivor = stage.worker("survivor", POOL);
            Worker victim = stage.workerAt(stage.server().url() + "?ApplicationName=victim", "victim", POOL)
                    .awaitReady();
            survivor.awaitReady();
            List<Duration> recoveries = new ArrayList<>();
            for (int round = 1; round <= ROUNDS; round++) {
                recoveries.add(freeze(stage, load, victim, round));
                worksOn(stage, load, victim);
            }
            stage.awaitDrained(Duration.ofMinutes(1));

            Duration worst = recoveries.stream().max(Comparator.naturalOrder()).orElseThrow();
            stage.report(
                    ROUNDS + " times a process stopped past its time-out in all kinds of handlers, then continued",
                    stage.audit().assertAllSucceeded(),
                    "all its jobs started elsewhere: worst " + worst.toMillis() + " ms after the stop");
            assertThat(worst).isLessThan(PROMISED);
            assertThat(survivor.isAlive()).isTrue();
            assertThat(victim.logged("was silent for too long and declared dead"))
                    .hasSize(ROUNDS);
            assertThat(victim.logged("is refused, since they were taken away")).isNotEmpty();
            assertThat(victim.logged("was rolled back, since the job was taken away"))
                    .isNotEmpty();
        }
    }

    /** Returns how long after the stop the last of its jobs started elsewhere. */
    private static Duration freeze(Stage stage, Load load, Worker victim, int round) {
        Books books = stage.books();
        OffsetDateTime stopped = books.freeze(victim, () -> {
            if (books.waiting() < 30) {
                sendAllKinds(load);
            }
            return inTransaction(books, true) >= 2
                    && inTransaction(books, false) >= 2
                    && books.heldBy(victim).size() >= 2 * CONCURRENCY;
        });
        List<Long> orphans = books.heldBy(victim);
        assertThat(orphans).as("running, or held to be started").hasSizeGreaterThanOrEqualTo(CONCURRENCY);
        await().atMost(Duration.ofSeconds(40))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> books.count(
                                STARTED, victim.name(), stopped, victim.name(), stopped, orphans.toArray(Long[]::new))
                        == orphans.size());
        assertThat(inTransaction(books, true)).as("ended by the server").isZero();
        OffsetDateTime thawed = books.now();
        victim.thaw();
        await().atMost(Duration.ofSeconds(20))
                .until(() -> victim.logged("was silent for too long and declared dead")
                                .size()
                        == round);
        books.note(victim, "stopped", stopped);
        assertThat(books.count(
                        "select count(*) from books.started where worker = ? and started_at > ? and job_id = any (?)",
                        victim.name(),
                        thawed,
                        orphans.toArray(Long[]::new)))
                .as("of those that it held it starts none, but may book starts of before")
                .isLessThanOrEqualTo(CONCURRENCY);
        return books.duration(
                LAST_START, stopped, victim.name(), stopped, victim.name(), stopped, orphans.toArray(Long[]::new));
    }

    private static void sendAllKinds(Load load) {
        for (int pair = 0; pair < 20; pair++) {
            load.send(Queues.TRANSFER, Task.of(Duration.ofSeconds(2), Deed.LINGER), 1);
            load.send(Queues.TRANSFER, Task.of(Duration.ofSeconds(2)), 1);
        }
        load.send(Queues.PLAIN, Task.of(Duration.ofMillis(5)), 4_000);
    }

    /** The victim's transactions that wait for it, after the completion of their job or before. */
    private static long inTransaction(Books books, boolean completed) {
        return books.count(
                "select count(*) from pg_stat_activity where application_name = 'victim'"
                        + " and state = 'idle in transaction' and (query like '%pgjobq.complete(%') = ?",
                completed);
    }

    private static void worksOn(Stage stage, Load load, Worker victim) {
        Books books = stage.books();
        stage.awaitDrained(Duration.ofMinutes(1));
        List<Long> next = load.send(Queues.PLAIN, Task.of(Duration.ofMillis(50)), 200);
        stage.awaitDrained(Duration.ofMinutes(1));
        assertThat(books.count(
                        "select count(*) from books.started where worker = ? and job_id = any (?)",
                        victim.name(),
                        next.toArray(Long[]::new)))
                .as("jobs that the victim takes afterwards")
                .isPositive();
    }
}
