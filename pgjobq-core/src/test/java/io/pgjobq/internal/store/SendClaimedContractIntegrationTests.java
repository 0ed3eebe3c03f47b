package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

@PostgresTest
class SendClaimedContractIntegrationTests {

    private final TestStore store;
    private final int node;

    SendClaimedContractIntegrationTests(TestDatabase database) {
        store = TestStore.emptyOn(database);
        node = store.node();
    }

    @Test
    void theJobIsTheNodesFromTheBeginning() {
        SentClaimed sent = store.sendClaimed(node, 5, 0);

        assertThat(sent.claimed()).isTrue();
        assertThat(store.claim(store.node(), 10)).isEmpty();
        assertThat(store.cancel(sent.id())).isFalse();
        assertThat(store.succeed(List.of(job(sent, 5))).settled()).containsExactly(sent.id());
        assertThat(store.count("job")).isZero();
    }

    @Test
    void itIsRescuedAsAnyOther() {
        SentClaimed sent = store.sendClaimed(node, 5, 0);
        store.leave(node);

        assertThat(store.nodes().rescue(10)).hasSize(1);

        assertThat(TestStore.ids(store.claim(store.node(), 10))).containsExactly(sent.id());
    }

    @Test
    void itWaitsForItsTurnBehindOneThatIsAsUrgent() {
        long first = store.send();

        SentClaimed second = store.sendClaimed(node, 5, 0);

        assertThat(second.claimed()).isFalse();
        assertThat(TestStore.ids(store.claim(node, 10))).containsExactly(first, second.id());
    }

    @Test
    void itWaitsForItsTurnBehindOneThatIsMoreUrgent() {
        long urgent = store.send(TestStore.job(4), "");

        assertThat(store.sendClaimed(node, 5, 0).claimed()).isFalse();
        assertThat(store.sendClaimed(node, 5, urgent).claimed()).isFalse();
        assertThat(store.claim(node, 10)).hasSize(3);
    }

    @Test
    void itDoesNotWaitForThoseThatTheNodeHasSeen() {
        long seen = store.send();
        store.claim(node, 1);

        assertThat(store.sendClaimed(node, 5, seen + 1).claimed()).isTrue();
    }

    @Test
    void itDoesNotWaitForOneThatIsLessUrgentOrNotYetDue() {
        store.send(TestStore.job(6), "");
        store.send(TestStore.delayedJob(60_000), "");

        assertThat(store.sendClaimed(node, 5, 0).claimed()).isTrue();
    }

    @Test
    void nobodyTakesItWhileTheQueueIsPaused() {
        store.queues().pause(TestStore.QUEUE, true);

        assertThat(store.sendClaimed(node, 5, 0).claimed()).isFalse();
        assertThat(store.count("claim")).isZero();
    }

    @Test
    void nobodyTakesItWhileSomebodyIsPausing() throws Exception {
        try (Connection pausing = store.server().open();
                Statement statement = pausing.createStatement()) {
            pausing.setAutoCommit(false);
            statement.execute("update pgjobq.queue set paused = true where pg_advisory_xact_lock("
                    + "'pgjobq.queue'::regclass::oid::integer, id)::text is not null");

            assertThat(store.sendClaimed(node, 5, 0).claimed()).isFalse();

            pausing.commit();
        }
        assertThat(store.count("claim")).isZero();
    }

    @Test
    void aNodeThatIsNotOnTheListTakesNothing() {
        store.leave(node);

        assertThat(store.sendClaimed(node, 5, 0).claimed()).isFalse();
        assertThat(store.count("job")).isEqualTo(1);
    }

    @Test
    void nothingIsSentToAQueueThatIsGone() {
        store.queues().delete(TestStore.QUEUE, true);

        SlotClaim place = new SlotClaim(store.queue(), TestStore.registration(node), 1, new long[6]);

        assertThat(store.jobs().sendClaimed(TestStore.job(5), "", TestStore.bytes("{}"), place))
                .isNull();
        assertThat(store.count("job")).isZero();
    }

    @Test
    void aSnapshotThatMayBeOlderThanTheLockIsRefused() throws Exception {
        try (Connection connection = store.server().open();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);

            assertThatThrownBy(() -> statement.execute(
                            "select pgjobq.send_claimed(%d, %d, 4711, 1, '{0}', false, '', '{}', null)"
                                    .formatted(store.queue(), node)))
                    .hasMessageContaining("send_claimed needs read committed, not repeatable read");
        }
    }

    private ClaimedJob job(SentClaimed sent, int priority) {
        long claim = store.value("select id from pgjobq.claim", Long.class);
        return new ClaimedJob(
                sent.id(),
                sent.id(),
                claim,
                store.queue(),
                priority,
                false,
                0,
                "",
                null,
                null,
                Instant.now(),
                Instant.now());
    }
}
