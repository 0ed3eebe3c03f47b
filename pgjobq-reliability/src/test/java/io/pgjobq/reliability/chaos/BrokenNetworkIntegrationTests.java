package io.pgjobq.reliability.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.reliability.harness.Books;
import io.pgjobq.reliability.harness.Form;
import io.pgjobq.reliability.harness.Load;
import io.pgjobq.reliability.harness.Server;
import io.pgjobq.reliability.harness.Stage;
import io.pgjobq.reliability.harness.TcpProxy;
import io.pgjobq.reliability.harness.Worker;
import io.pgjobq.reliability.worker.Queues;
import io.pgjobq.reliability.worker.Task;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Chaos 7: a network between a worker and its server that is slow, cut, stands still, or forgets its connections. */
class BrokenNetworkIntegrationTests {

    private static final int ROUNDS = Form.pick(1, 5);

    /** The documented time-out. */
    private static final Duration PROMISED = Duration.ofSeconds(15);

    /** What a node waits for an answer, then for the cancellation, and a pool for its connections to be found dead. */
    private static final Duration BACK = Duration.ofSeconds(45);

    private static final String STILL_THERE = "select count(*) from pgjobq.job where id = any (?)";

    private final List<String> figures = new ArrayList<>();

    @Test
    void aWorkerThatIsCutOffIsReplacedInTimeAndGoesOnByItself() throws Exception {
        try (Stage stage = Stage.set("chaos-7-network")) {
            Load load = stage.load();
            TcpProxy network = stage.proxy();
            Worker remote = stage.workerAt(Server.url(network.port()), "remote").awaitReady();
            Worker near = stage.worker("near").awaitReady();
            load.start(100, Task.of(Duration.ofMillis(20)), Queues.PLAIN, Queues.TRANSFER);
            for (int round = 0; round < ROUNDS; round++) {
                slow(stage, load, remote, network);
                cutOff(stage, load, remote, network, "cut", network::cut);
                cutOff(stage, load, remote, network, "standing still", network::stall);
            }
            load.stop();
            stage.awaitDrained(Duration.ofMinutes(1));
            forget(stage, load, remote, network);
            stage.awaitDrained(Duration.ofMinutes(1));

            stage.report(
                    ROUNDS + " times a network slow, cut, standing still; then its connections forgotten",
                    stage.audit().assertAllSucceeded(),
                    String.join("; ", figures));
            assertThat(near.isAlive() && remote.isAlive()).isTrue();
            assertThat(load.failures()).isEmpty();
            assertThat(remote.logged("was silent for too long and declared dead"))
                    .hasSize(2 * ROUNDS);
            for (String activity :
                    List.of("queue 'plain': taking jobs", "settling jobs", "listening for notifications")) {
                // What was interrupted last says so when it is due again.
                await().atMost(Duration.ofMinutes(1))
                        .untilAsserted(() -> assertThat(remote.logged(activity + ": interrupted"))
                                .as("once for each outage: " + activity)
                                .hasSameSizeAs(remote.logged(activity + ": works again"))
                                .hasSizeLessThanOrEqualTo(2 * ROUNDS + 2));
            }
        }
    }

    private void slow(Stage stage, Load load, Worker remote, TcpProxy network) {
        network.delay(Duration.ofMillis(200));
        awaitWork(stage, load, remote, Duration.ofSeconds(30), 20);
        network.heal();
        assertThat(remote.logged("was silent for too long and declared dead")).hasSize(figures.size());
    }

    private void cutOff(Stage stage, Load load, Worker remote, TcpProxy network, String what, Runnable deed) {
        Books books = stage.books();
        load.send(Queues.PLAIN, Task.of(Duration.ofMillis(200)), 60);
        await().pollInterval(Duration.ofMillis(5))
                .until(() -> books.heldBy(remote).size() >= 10);
        OffsetDateTime began = books.now();
        deed.run();
        List<Long> orphans = books.heldBy(remote);
        Long[] ids = orphans.toArray(Long[]::new);
        try {
            await().atMost(Duration.ofSeconds(40))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> books.count(STILL_THERE, (Object) ids) == 0);
        } finally {
            books.note(remote, what, began);
        }
        Duration ended = since(books, began);
        network.heal();
        OffsetDateTime healed = books.now();
        awaitWork(stage, load, remote, BACK, 5);
        // Whatever it had begun before may have been said only now.
        books.note(remote, what, began);
        figures.add(String.format(
                Locale.ROOT,
                "%s: its jobs ended elsewhere after %,d ms, worked again %,d ms after the end",
                what,
                ended.toMillis(),
                since(books, healed).toMillis()));
        assertThat(ended).as(what).isLessThan(PROMISED);
    }

    /** Only handlers without a database, since an application's own connections wait as long as it lets them. */
    private void forget(Stage stage, Load load, Worker remote, TcpProxy network) {
        Books books = stage.books();
        List<Long> jobs = new ArrayList<>(load.send(Queues.BARE, Task.of(Duration.ofMillis(100)), 400));
        await().pollInterval(Duration.ofMillis(5))
                .until(() -> books.heldBy(remote).size() >= 10);
        OffsetDateTime began = books.now();
        network.loseConnections();
        await().atMost(BACK)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> books.count(STILL_THERE, (Object) jobs.toArray(Long[]::new)) == 0);
        Duration ended = since(books, began);
        await().atMost(BACK).pollInterval(Duration.ofMillis(100)).until(() -> {
            if (books.waiting() < 100) {
                load.send(Queues.BARE, Task.of(Duration.ofMillis(100)), 200);
            }
            return endedBy(books, remote, began.plus(ended)) >= 10;
        });
        figures.add(String.format(
                Locale.ROOT,
                "forgotten: all jobs ended after %,d ms, worked again after %,d ms",
                ended.toMillis(),
                since(books, began).toMillis()));
        books.note(remote, "forgotten", began);
    }

    /** There is always more than the worker that is near can do at once, so that the remote one takes some. */
    private static void keepBusy(Stage stage, Load load) {
        if (stage.books().waiting() < 30) {
            load.send(Queues.PLAIN, Task.of(Duration.ofMillis(200)), 60);
        }
    }

    /** Waits until the worker has done so many more jobs. */
    private static void awaitWork(Stage stage, Load load, Worker worker, Duration patience, int jobs) {
        Books books = stage.books();
        OffsetDateTime now = books.now();
        await().atMost(patience).pollInterval(Duration.ofMillis(50)).until(() -> {
            keepBusy(stage, load);
            return endedBy(books, worker, now) >= jobs;
        });
    }

    private static long endedBy(Books books, Worker worker, OffsetDateTime since) {
        return books.count(
                "select count(*) from pgjobq.finished_job f join pgjobq.node n on n.id = f.node_id"
                        + " where n.name = ? and f.finished_at > ?",
                worker.name(),
                since);
    }

    private static Duration since(Books books, OffsetDateTime began) {
        return Duration.between(began, books.now());
    }
}
