package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.store.NodeRegistry.HeartbeatState;
import io.pgjobq.internal.store.NodeStore.DeadNode;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

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
        try (Connection session = sessionOf(other)) {
            assertThat(session.isValid(1)).isTrue();
        }
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
        sessionOf(other).close();

        assertThat(store.nodes().declareDead(self, true)).isEmpty();
    }

    @Test
    void aNodeThatBeatsOverThePoolIsNotJudgedByItsSession() throws SQLException {
        sessionOf(other).close();
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

    private void silentFor(int node, int seconds) {
        store.server()
                .execute("update pgjobq.node set heartbeat_at = clock_timestamp() - interval '" + seconds
                        + " seconds' where id = " + node);
    }
}
