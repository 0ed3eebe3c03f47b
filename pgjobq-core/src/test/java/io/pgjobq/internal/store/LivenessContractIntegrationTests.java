package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.internal.store.NodeRegistry.HeartbeatState;
import io.pgjobq.internal.store.NodeStore.DeadNode;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** Nodes of these tests beat every second and may be silent for twelve. */
@PostgresTest
@AlsoThroughPgBouncer
class LivenessContractIntegrationTests {

    private final TestStore store;
    private final int self;
    private final int other;

    LivenessContractIntegrationTests(TestDatabase database) {
        store = TestStore.emptyOn(database);
        self = store.node();
        other = store.node();
    }

    @Test
    void aNumberIsNeverUsedAgain() {
        store.leave(other);
        assertThat(store.node()).isGreaterThan(other);
    }

    @Test
    void aNodeThatBeatsIsNotDead() {
        assertThat(store.nodes().declareDead(self, true)).isEmpty();
        assertThat(store.heartbeat(other).state()).isEqualTo(HeartbeatState.WELL);
    }

    @Test
    void aNodeThatWasSilentForTooLongIsDead() {
        silentFor(other, 13);

        assertThat(store.nodes().declareDead(self, false)).containsExactly(new DeadNode(other, "test"));
        assertThat(store.heartbeat(other).state()).isEqualTo(HeartbeatState.FENCED);
    }

    @Test
    void theAllowedSilenceIsThatOfTheSilentNode() {
        store.server().execute("update pgjobq.node set silence_allowed = interval '1 minute' where id = " + other);
        silentFor(other, 13);

        assertThat(store.nodes().declareDead(self, false)).isEmpty();
    }

    @Test
    void nobodyDeclaresItselfDead() {
        silentFor(self, 13);

        assertThat(store.nodes().declareDead(self, true)).isEmpty();
    }

    @Test
    void aNodeThatMissedABeatAndHasLostItsSessionIsDead() throws SQLException {
        loseSessionOf(other);
        silentFor(other, 2);

        assertThat(store.nodes().declareDead(self, false)).as("not quick").isEmpty();
        assertThat(store.nodes().declareDead(self, true)).hasSize(1);
    }

    @Test
    void aNodeThatMissedABeatButHoldsItsSessionLives() throws SQLException {
        try (Connection session = sessionOf(other)) {
            silentFor(other, 2);
            assertThat(store.nodes().declareDead(self, true)).isEmpty();
            assertThat(session.isValid(1)).isTrue();
        }
    }

    @Test
    void aNodeThatBeatsWithoutItsSessionLives() throws SQLException {
        loseSessionOf(other);

        assertThat(store.nodes().declareDead(self, true)).isEmpty();
    }

    @Test
    void aNodeThatBeatsOverThePoolIsNotJudgedByItsSession() throws SQLException {
        loseSessionOf(other);
        store.heartbeat(other);
        silentFor(other, 2);

        assertThat(store.nodes().declareDead(self, true)).isEmpty();
    }

    @Test
    void theLookAtANodesLockLeavesItFree() throws SQLException {
        try (Connection session = sessionOf(other)) {
            silentFor(other, 2);
            store.nodes().declareDead(self, true);
            assertThat(session.isValid(1)).isTrue();
        }
        try (Connection again = sessionOf(other)) {
            assertThat(again.isValid(1)).isTrue();
        }
    }

    @Test
    void aHeartbeatTellsThatAnotherNodeIsSilent() {
        silentFor(other, 2);

        assertThat(store.heartbeat(self).state()).isEqualTo(HeartbeatState.OTHERS_SILENT);
        assertThat(store.heartbeat(other).state()).isEqualTo(HeartbeatState.WELL);
        assertThat(store.heartbeat(self).state()).isEqualTo(HeartbeatState.WELL);
    }

    @Test
    void aHeartbeatTellsWhichQueuesAreNotThere() {
        int deleted = store.queues().create("deleted");
        store.queues().delete("deleted", true);

        assertThat(missing()).isEmpty();
        assertThat(missing(store.queue())).isEmpty();
        assertThat(missing(9_000, store.queue(), deleted)).containsExactlyInAnyOrder(9_000, deleted);
    }

    private List<Integer> missing(int... queues) {
        return store.heartbeat(TestStore.registration(self), queues).missing();
    }

    @Test
    void aNodeThatLeftHasNoPulse() {
        store.leave(other);

        assertThat(store.heartbeat(other).state()).isEqualTo(HeartbeatState.FENCED);
        assertThat(store.count("node")).isEqualTo(1);
    }

    private Connection sessionOf(int node) throws SQLException {
        Connection session = store.server().open();
        store.nodes().lock(session, node);
        assertThat(store.nodes()
                        .heartbeat(session, TestStore.registration(node), true, new int[0])
                        .state())
                .isEqualTo(HeartbeatState.WELL);
        return session;
    }

    /** The server drops the session's lock some time after the client has closed the connection. */
    private void loseSessionOf(int node) throws SQLException {
        int process;
        try (Connection session = sessionOf(node)) {
            process = session.unwrap(PGConnection.class).getBackendPID();
        }
        await().pollInterval(Duration.ofMillis(5))
                .until(() -> store.server()
                        .queryOne(
                                "select not exists (select from pg_stat_activity where pid = ?)",
                                Boolean.class,
                                process));
    }

    private void silentFor(int node, int seconds) {
        store.server()
                .execute("update pgjobq.node set heartbeat_at = clock_timestamp() - interval '" + seconds
                        + " seconds' where id = " + node);
    }
}
