package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.KeyOrder;
import io.pgjobq.QueueLimits;
import io.pgjobq.internal.notify.Channels;
import io.pgjobq.internal.store.Settlement.Failed;
import io.pgjobq.internal.store.Settlement.Failure;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** What becomes of a key, and who is told, when one of its jobs is gone. */
@PostgresTest
class KeyEndsContractIntegrationTests {

    private static final int PATIENCE_MILLIS = 10_000;

    private final TestStore store;
    private final int node;

    KeyEndsContractIntegrationTests(TestDatabase database) {
        store = TestStore.emptyOn(database);
        node = store.node();
        store.queues()
                .limit(
                        TestStore.QUEUE,
                        QueueLimits.builder().orderPerKey(KeyOrder.STRICT).build());
    }

    private List<Long> send(String... keys) {
        return TestKeys.send(store, TestStore.job(5), "", keys);
    }

    private List<ClaimedJob> take() {
        return store.jobs().claim(store.request(node, 10)).jobs();
    }

    private List<Long> taken() {
        return take().stream().map(ClaimedJob::id).toList();
    }

    private void die(ClaimedJob job) {
        store.settlements().failed(List.of(new Failed(job, 1, new Failure("E", "m", "s"), null)));
    }

    @Test
    void aJobThatDiesLetsTheNextHaveItsTurnAndIsBeforeThoseThatWaitWhenItIsTriedAgain() {
        List<Long> ids = send("a", "a", "a");
        die(take().get(0));
        List<ClaimedJob> second = take();
        assertThat(second).singleElement().extracting(ClaimedJob::id).isEqualTo(ids.get(1));

        assertThat(store.deadJobs().redrive(ids.get(0), null, null)).hasSize(1);

        assertThat(taken()).isEmpty();
        store.succeed(second, second.get(0).claim());
        List<ClaimedJob> again = take();
        assertThat(again).singleElement().satisfies(job -> {
            assertThat(job.id()).isEqualTo(ids.get(0));
            assertThat(job.turn()).extracting(KeyTurn::key).isEqualTo("a");
        });
        store.succeed(again, again.get(0).claim());
        assertThat(taken()).containsExactly(ids.get(2));
    }

    @Test
    void aJobThatIsMovedToAQueueWithoutKeysHasNoneThereAndHoldsNothingBack() throws Exception {
        store.queues().create("plain");
        List<Long> ids = send("a", "a");

        try (Connection listening = listen()) {
            assertThat(new MoveStore(store.database())
                            .move(ids.get(0), new MoveStore.Target("plain", null))
                            .outcome())
                    .isEqualTo(MoveStore.Outcome.MOVED);
            assertThat(heard(listening)).containsExactly(word("a"));
        }

        assertThat(store.value(
                        "select count(*) from pgjobq.job where id = " + ids.get(0)
                                + " and key is null and line is null",
                        Long.class))
                .isOne();
        assertThat(taken()).containsExactly(ids.get(1));
    }

    @Test
    void nodesAreToldOfTheLineOfAJobThatIsCancelled() throws Exception {
        List<Long> ids = send("a", "a");
        try (Connection listening = listen()) {
            assertThat(store.cancel(ids.get(0))).isTrue();

            assertThat(heard(listening)).containsExactly(word("a"));
        }
        assertThat(taken()).containsExactly(ids.get(1));
    }

    /** A node that dies between the end of a job and its next claim says of no line that there is a job in it. */
    @Test
    void nodesAreToldOfALineThatIsWantedWhenWhatWasHeldIsForgotten() throws Exception {
        send("a", "a", "b");
        List<ClaimedJob> jobs = take();
        assertThat(jobs).hasSize(2);
        assertThat(taken()).as("so that somebody has passed the next one over").isEmpty();
        store.succeed(jobs, jobs.get(0).claim());
        try (Connection listening = listen()) {
            assertThat(new KeyStore(store.database()).sweep(null, 1_000).any()).isTrue();

            assertThat(heard(listening)).as("nobody waits for b").containsExactly(word("a"));
        }
        assertThat(store.count("key_hold")).isZero();
    }

    private Connection listen() throws Exception {
        Connection connection = store.server().open();
        try (Statement statement = connection.createStatement()) {
            statement.execute("listen " + Channels.of("pgjobq").jobs());
        }
        return connection;
    }

    private static List<String> heard(Connection listening) throws Exception {
        PGNotification[] notifications = listening.unwrap(PGConnection.class).getNotifications(PATIENCE_MILLIS);
        return Arrays.stream(notifications).map(PGNotification::getParameter).toList();
    }

    private String word(String key) {
        long line = store.value("select (hashtextextended('" + key + "', 0) & 9223372036854775806) + 1", Long.class);
        return "k" + store.queue() + ":" + line;
    }
}
