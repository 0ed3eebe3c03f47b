package io.pgjobq.reliability.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgjobq.reliability.harness.Books;
import io.pgjobq.reliability.harness.Load;
import io.pgjobq.reliability.harness.Stage;
import io.pgjobq.reliability.harness.Worker;
import io.pgjobq.reliability.worker.Queues;
import io.pgjobq.reliability.worker.Task;
import io.pgjobq.reliability.worker.Task.Deed;
import io.pgjobq.reliability.worker.WorkerApplication;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Workers whose clocks are five hours ahead and behind, which must change nothing. */
class WrongClockIntegrationTests {

    private static final Duration DELAY = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration RETRY = Duration.ofSeconds(2);

    /** A fifth of that, by default. */
    private static final Duration JITTER = Duration.ofMillis(400);

    /** How much later than due a job may start on a busy machine. */
    private static final Duration TOLERANCE = Duration.ofSeconds(3);

    private static final String[] TICKS = {
        "--pgjobq.queues.ticks.max-attempts=1",
        "--pgjobq.schedules.tick.queue=ticks",
        "--pgjobq.schedules.tick.every=1s",
        "--pgjobq.schedules.tick.missed=all",
        "--pgjobq.schedules.tick.catch-up=100"
    };

    private static final String SENT = "(select (j.attributes ->> 'pgjobq.scheduled-at')::timestamptz as time,"
            + " j.enqueued_at as sent from pgjobq.job j where j.attributes ->> 'pgjobq.schedule' is not null) sent";

    @BeforeEach
    void needsFaketime() {
        assumeTrue(
                Stream.of(System.getenv("PATH").split(":"))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "faketime"))),
                "needs the program faketime, of the Debian package of that name: apt-get install faketime");
    }

    @Test
    void clocksThatAreWrongByHoursChangeNothing() throws Exception {
        try (Stage stage = Stage.set("clocks-5-hours-apart")) {
            Load load = stage.load();
            Books books = stage.books();
            Worker ahead = worker(stage, "ahead", "+5h");
            Worker behind = worker(stage, "behind", "-5h");
            assertThat(ahead.awaitReady().isAlive() && behind.awaitReady().isAlive())
                    .isTrue();
            assertThat(Duration.between(clock(behind), clock(ahead)).abs()).isGreaterThan(Duration.ofHours(1));

            Duration late = delayedJobs(stage, load);
            Duration retried = retries(stage, load);
            Duration waited = waited(books);
            assertThat(List.of(ahead, behind))
                    .allSatisfy(
                            worker -> assertThat(worker.logged("declared dead")).isEmpty());
            load.start(60, Task.of(Duration.ofMillis(20)), Queues.PLAIN, Queues.TRANSFER);
            Duration rescued = rescue(stage, load, ahead);

            stage.report(
                    "one worker's clock five hours ahead, the other's five behind, the first killed at the end",
                    stage.audit().assertAllSucceeded(),
                    "started up to " + late.toMillis() + " ms after a delay, " + Math.max(0, retried.toMillis())
                            + " ms after the longest back-off, and were ready for up to " + waited.toMillis()
                            + " ms; the killed one's jobs started elsewhere after " + rescued.toMillis() + " ms");
            assertThat(late).isLessThan(TOLERANCE);
            assertThat(retried).isLessThan(TOLERANCE);
            assertThat(waited).isLessThan(TOLERANCE);
            assertThat(rescued).isLessThan(Duration.ofSeconds(3).plus(TOLERANCE));
            assertThat(books.count("select count(*) from pgjobq.finished_job"
                            + " where abs(extract(epoch from finished_at - clock_timestamp())) > 600"))
                    .as("ends that are told by a node's clock")
                    .isZero();
        }
    }

    /** Its jobs wait in a queue without a handler, so that they are there to be counted. */
    @Test
    void schedulesSendOneJobForEachTimeByTheServersClock() throws Exception {
        try (Stage stage = Stage.set("clocks-5-hours-apart-schedules")) {
            Books books = stage.books();
            Worker ahead = worker(stage, "ahead", "+5h", TICKS);
            Worker behind = worker(stage, "behind", "-5h", TICKS);
            assertThat(ahead.awaitReady().isAlive() && behind.awaitReady().isAlive())
                    .isTrue();
            awaitTimes(books, 15);
            books.kill(ahead);
            awaitTimes(books, books.count("select count(distinct time) from " + SENT) + 15);

            assertThat(books.count("select count(*) - count(distinct time) from " + SENT))
                    .as("times for which more than one was sent")
                    .isZero();
            assertThat(books.count(
                            "select 1 + extract(epoch from max(time) - min(time))::bigint - count(*) from " + SENT))
                    .as("times that were left out")
                    .isZero();
            assertThat(books.duration("min(sent - time) from " + SENT)).isGreaterThanOrEqualTo(Duration.ZERO);
            assertThat(books.duration("max(sent - time) from " + SENT)).isLessThan(TOLERANCE);
        }
    }

    private static void awaitTimes(Books books, long times) {
        await().atMost(Duration.ofMinutes(1))
                .ignoreExceptions()
                .until(() -> books.count("select count(distinct time) from " + SENT) >= times);
    }

    private static Worker worker(Stage stage, String name, String offset, String... more) {
        // Waits inside the JVM are by the monotonic clock, which no wrong time touches; without the last, they'd be
        // busy.
        return stage.launch(
                List.of("env", "DONT_FAKE_MONOTONIC=1", "FAKETIME_FORCE_MONOTONIC_FIX=0", "faketime", "-f", offset),
                List.of(),
                stage.server().url(),
                name,
                Stream.concat(Stream.of("--pgjobq.defaults.retry.delay=" + RETRY.toMillis() + "ms"), Stream.of(more))
                        .toArray(String[]::new));
    }

    /** What the worker's log says of the time of day. */
    private static LocalTime clock(Worker worker) {
        return LocalTime.parse(worker.logged(WorkerApplication.READY).get(0).substring(0, 12));
    }

    /** Jobs that the workers send, due later; returns by how much the last of them was late. None is early. */
    private static Duration delayedJobs(Stage stage, Load load) {
        load.send(Queues.TRANSFER, Task.of(DELAY, Deed.SEND_LATER), 20);
        stage.awaitDrained(PATIENCE);
        String delayed = "(b.started_at - s.sent_at) from books.sent s join books.started b on b.job_id = s.job_id";
        Books books = stage.books();
        assertThat(books.count("select count" + delayed)).isEqualTo(20);
        assertThat(books.duration("min" + delayed)).isGreaterThanOrEqualTo(DELAY);
        return books.duration("max" + delayed).minus(DELAY);
    }

    /** Jobs that fail once; returns by how much the last of them came back late. None is early. */
    private static Duration retries(Stage stage, Load load) {
        Books books = stage.books();
        OffsetDateTime began = books.now();
        load.send(Queues.PLAIN, Task.of(Duration.ZERO, Deed.FAIL_ONCE), 20);
        stage.awaitDrained(PATIENCE);
        books.note(null, "failed on purpose", began);
        String retried = "(b.started_at - a.started_at) from books.started a join books.started b"
                + " on b.job_id = a.job_id and b.attempt = 2 where a.attempt = 1";
        assertThat(books.count("select count" + retried)).isEqualTo(20);
        assertThat(books.duration("min" + retried)).isGreaterThanOrEqualTo(RETRY.minus(JITTER));
        return books.duration("max" + retried).minus(RETRY.plus(JITTER));
    }

    /** Returns the longest time for which a job is said to have been ready before its attempt that succeeded. */
    private static Duration waited(Books books) {
        String waited = "(waited) from pgjobq.finished_job_view";
        assertThat(books.duration("min" + waited)).isGreaterThanOrEqualTo(Duration.ZERO);
        return books.duration("max" + waited);
    }

    private static Duration rescue(Stage stage, Load load, Worker victim) {
        Books books = stage.books();
        books.freeze(victim, () -> {
            if (books.waiting() < 30) {
                load.send(Queues.PLAIN, Task.of(Duration.ofMillis(200)), 60);
            }
            return books.heldBy(victim).size() >= 10;
        });
        OffsetDateTime killed = books.kill(victim);
        List<Long> orphans = books.heldBy(victim);
        assertThat(orphans).isNotEmpty();
        load.stop();
        stage.awaitDrained(PATIENCE);
        return books.recovery(orphans, victim, killed).last();
    }
}
