package io.pgjobq.internal.store;

import static io.pgjobq.internal.store.TestStore.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.pgjobq.internal.database.NodeFencedException;
import io.pgjobq.internal.database.QueueGoneException;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

@PostgresTest
@AlsoThroughPgBouncer
class ClaimContractIntegrationTests {

    private final TestStore store;
    private final int node;

    ClaimContractIntegrationTests(TestDatabase database) {
        store = TestStore.emptyOn(database);
        node = store.node();
    }

    @Test
    void takesJobsInTheOrderOfTheirSeqAndNotOfTheirIds() {
        List<Long> ids = store.sendAll(5, 4);
        store.server().execute("update pgjobq.job set seq = 1000000 - seq");

        assertThat(ids(store.claim(node, 3))).containsExactly(ids.get(3), ids.get(2), ids.get(1));
        assertThat(ids(store.claim(node, 3))).containsExactly(ids.get(0));
    }

    @Test
    void takesTheUrgentLanesFirstAndNoMoreThanTheLimit() {
        List<Long> late = store.sendAll(9, 2);
        List<Long> middle = store.sendAll(5, 2);
        List<Long> urgent = store.sendAll(0, 2);

        assertThat(ids(store.claim(node, 3))).containsExactly(urgent.get(0), urgent.get(1), middle.get(0));
        assertThat(ids(store.claim(node, 9))).containsExactly(middle.get(1), late.get(0), late.get(1));
    }

    @Test
    void takesOnlyFromTheLanesThatItIsAskedFor() {
        store.sendAll(0, 1);
        List<Long> asked = store.sendAll(7, 1);

        assertThat(ids(store.jobs().claim(store.request(node, 9, null, 7)).jobs()))
                .isEqualTo(asked);
    }

    @Test
    void takesNothingThatAnotherClaimHolds() {
        List<Long> ids = store.sendAll(5, 5);

        List<Long> first = ids(store.claim(node, 3));
        List<Long> second = ids(store.claim(store.node(), 9));

        assertThat(first).isEqualTo(ids.subList(0, 3));
        assertThat(second).isEqualTo(ids.subList(3, 5));
        assertThat(store.claim(node, 9)).isEmpty();
    }

    @Test
    void takesNothingOfAnotherQueue() {
        store.queues().create("other");
        store.send(new NewJob("other", 5, null, null, null, false), "");

        assertThat(store.claim(node, 9)).isEmpty();
    }

    @Test
    void takesNoWaitingJob() {
        store.send(TestStore.delayedJob(60_000), "");

        assertThat(store.claim(node, 9)).isEmpty();
    }

    @Test
    void takesAJobAtOnceThatWasSentWithADelayOfNothing() {
        for (int i = 0; i < 200; i++) {
            store.send(TestStore.delayedJob(0), "");
        }
        assertThat(store.claim(node, 200)).hasSize(200);
    }

    @Test
    void takesNothingBelowWhereItIsToldToStart() {
        List<Long> ids = store.sendAll(5, 3);

        assertThat(ids(store.jobs()
                        .claim(store.requestFrom(node, 9, 5, ids.get(1)))
                        .jobs()))
                .isEqualTo(ids.subList(1, 3));
        assertThat(ids(store.jobs().claim(store.requestFrom(node, 9, 5, 0)).jobs()))
                .as("a straggler is found from further below")
                .isEqualTo(ids.subList(0, 1));
    }

    @Test
    void tellsWhereToGoOnInEachEmptiedLane() {
        List<Long> ids = store.sendAll(5, 2);

        assertThat(store.jobs().claim(store.request(node, 9, null, 3, 5)).emptied())
                .containsExactly(
                        new LanePosition(store.queue(), 3, 0), new LanePosition(store.queue(), 5, ids.get(1) + 1));
    }

    @Test
    void neverTellsToGoOnBelowWhereItStarted() {
        assertThat(store.jobs().claim(store.requestFrom(node, 9, 5, 4711)).emptied())
                .containsExactly(new LanePosition(store.queue(), 5, 4711));
    }

    @Test
    void tellsNothingOfLanesItDidNotEmpty() {
        store.sendAll(3, 1);
        store.sendAll(5, 2);

        Claimed claimed = store.jobs().claim(store.request(node, 2, null, 3, 5, 7));

        assertThat(claimed.emptied()).extracting(LanePosition::priority).containsExactly(3);
    }

    @Test
    void keepsOneRowForEachLaneItTookFrom() {
        List<Long> ids = store.sendAll(5, 3);
        store.sendAll(6, 1);

        List<ClaimedJob> jobs = store.claim(node, 9);

        assertThat(store.count("claim where node_id = " + node)).isEqualTo(2);
        assertThat(store.value(
                        "select max_seq || ' ' || array_to_string(seqs, ',') from pgjobq.claim where id = "
                                + jobs.get(0).claim(),
                        String.class))
                .isEqualTo(ids.get(2) + " " + ids.get(0) + "," + ids.get(1) + "," + ids.get(2));
    }

    @Test
    void leavesNoRowIfThereWasNothingToTake() {
        assertThat(store.claim(node, 9)).isEmpty();
        assertThat(store.count("claim")).isZero();
    }

    @Test
    void takesOnlyTheTypesThatTheNodeKnows() {
        store.send(TestStore.job(5), "Unknown");
        long known = store.send(TestStore.job(5), "Known");
        long untyped = store.send();

        assertThat(ids(store.jobs()
                        .claim(store.request(node, 9, new String[] {"Known", ""}, 5))
                        .jobs()))
                .containsExactly(known, untyped);
        assertThat(store.claim(node, 9)).extracting(ClaimedJob::type).containsExactly("Unknown");
    }

    @Test
    void bringsAllThatTheHandlerNeeds() {
        NewJob job = new NewJob(TestStore.QUEUE, 2, null, null, "{\"a\": \"b\"}", false);
        long id = store.send(job, "Welcome");

        ClaimedJob claimed = store.claimOne(node);

        assertThat(claimed.id()).isEqualTo(id);
        assertThat(claimed.seq()).isEqualTo(id);
        assertThat(claimed.queue()).isEqualTo(store.queue());
        assertThat(claimed.priority()).isEqualTo(2);
        assertThat(claimed.attempt()).isZero();
        assertThat(claimed.type()).isEqualTo("Welcome");
        assertThat(claimed.payload()).isEqualTo(TestStore.bytes("{}"));
        assertThat(claimed.attributes()).isEqualTo("{\"a\": \"b\"}");
        assertThat(claimed.sentAt()).isBeforeOrEqualTo(Instant.now().plusSeconds(1));
    }

    @Test
    void eachJobOfABatchKeepsWhatIsItsOwn() {
        byte[] large = new byte[32_769];
        byte[] largest = new byte[32_768];
        largest[7] = 1;
        NewJob attributed = new NewJob(TestStore.QUEUE, 5, null, null, "{\"a\": \"b\"}", false);
        store.send(TestStore.job(5), "Large", large);
        store.send(TestStore.job(5), "Largest", largest);
        store.send(TestStore.job(5), "Small", Arrays.copyOf(largest, 500));
        store.send(TestStore.job(5), "Larger", Arrays.copyOf(largest, 501));
        store.send(attributed, "Empty", new byte[0]);
        long late = store.send(TestStore.job(5), "", TestStore.bytes("[1]"));
        long old = store.send(TestStore.job(5), "Old", TestStore.bytes("[2]"));
        store.server()
                .execute("update pgjobq.job set seq = nextval('pgjobq.job_seq'), attempt = 3 where id = " + late
                        + "; update pgjobq.job set attempt = 1, enqueued_at = '1999-12-31 23:59:59.999999Z' where id = "
                        + old);

        List<ClaimedJob> jobs = store.claim(node, 9);

        assertThat(jobs)
                .extracting(ClaimedJob::type)
                .containsExactly("Large", "Largest", "Small", "Larger", "Empty", "Old", "");
        assertThat(jobs)
                .extracting(ClaimedJob::payload)
                .containsExactly(
                        null,
                        largest,
                        Arrays.copyOf(largest, 500),
                        Arrays.copyOf(largest, 501),
                        new byte[0],
                        TestStore.bytes("[2]"),
                        TestStore.bytes("[1]"));
        assertThat(jobs).extracting(ClaimedJob::attempt).containsExactly(0, 0, 0, 0, 0, 1, 3);
        assertThat(jobs)
                .extracting(ClaimedJob::attributes)
                .containsExactly(null, null, null, null, "{\"a\": \"b\"}", null, null);
        assertThat(jobs)
                .extracting(job -> job.seq() - job.id())
                .containsExactly(0L, 0L, 0L, 0L, 0L, 0L, old + 1 - late);
        assertThat(jobs.get(5).sentAt()).isEqualTo("1999-12-31T23:59:59.999999Z");
        assertThat(jobs.get(0).sentAt())
                .isEqualTo(store.value("select enqueued_at from pgjobq.job where type = 'Large'", OffsetDateTime.class)
                        .toInstant());
    }

    @Test
    void takesNothingFromAPausedQueueUntilItIsResumed() {
        store.send();
        store.queues().pause(TestStore.QUEUE, true);
        assertThat(store.claim(node, 9)).isEmpty();

        store.queues().pause(TestStore.QUEUE, false);
        assertThat(store.claim(node, 9)).hasSize(1);
    }

    @Test
    void refusesANodeThatWasDeclaredDead() {
        store.send();
        store.leave(node);

        assertThatExceptionOfType(NodeFencedException.class).isThrownBy(() -> store.claim(node, 9));
        assertThat(store.count("claim")).isZero();
    }

    @Test
    void refusesADeletedQueue() {
        store.send();
        store.queues().delete(TestStore.QUEUE, true);

        assertThatExceptionOfType(QueueGoneException.class).isThrownBy(() -> store.claim(node, 9));
        assertThat(store.count("claim")).isZero();
    }

    @Test
    void refusesAnotherIsolationThanReadCommitted() throws Exception {
        store.send();
        try (Connection connection = defaultingTo("repeatable\\ read").getConnection();
                Statement statement = connection.createStatement()) {
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> statement.execute(claimByHand()))
                    .withMessageContaining("claim needs read committed, not repeatable read");
        }
        assertThat(store.count("claim")).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void worksInSessionsOfAnotherIsolationAndLeavesThemAsTheyAre(boolean known) throws Exception {
        store.send();
        DataSource sessions =
                new SingleConnectionDataSource(defaultingTo("serializable").getConnection(), true);
        TestStore other = TestStore.on(store.server(), sessions, "pgjobq");
        if (known) {
            other.database().inspect();
        }

        List<ClaimedJob> jobs = other.claim(node, 9);

        assertThat(jobs).hasSize(1);
        assertThatExceptionOfType(NodeFencedException.class).isThrownBy(() -> other.claim(node + 1_000, 9));
        assertThat(other.succeed(jobs).settled()).containsExactly(jobs.get(0).id());
        try (Statement statement = sessions.getConnection().createStatement()) {
            assertThat(shown(statement, "transaction_isolation")).isEqualTo("serializable");
        }
    }

    @Test
    void commitsAsynchronouslyAndOnlyItself() throws Exception {
        store.send();
        try (Connection connection = store.server().open();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(claimByHand());
            assertThat(shown(statement, "synchronous_commit")).isEqualTo("off");
            connection.commit();
            assertThat(shown(statement, "synchronous_commit")).isEqualTo("on");
        }
    }

    private String claimByHand() {
        return "select * from pgjobq.claim(" + store.queue() + ", " + node + ", " + TestStore.TOKEN
                + ", 0, 1, 1, '{5}'::smallint[], '{0}'::bigint[], '{0}', '{0}', null, '{}', '{}', '{}')";
    }

    private static String shown(Statement statement, String setting) throws SQLException {
        try (ResultSet row = statement.executeQuery("show " + setting)) {
            row.next();
            return row.getString(1);
        }
    }

    /** Connections straight to the server, since a session's settings are meant. */
    private DataSource defaultingTo(String isolation) {
        TestDatabase server = store.server();
        DriverManagerDataSource sessions =
                new DriverManagerDataSource(server.directUrl(), server.username(), server.password());
        Properties properties = new Properties();
        properties.setProperty("options", "-c default_transaction_isolation=" + isolation);
        sessions.setConnectionProperties(properties);
        return sessions;
    }
}
