package io.pgjobq.internal.store;

import static io.pgjobq.internal.store.TestStore.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgjobq.JobFilter;
import io.pgjobq.Unique;
import io.pgjobq.internal.store.MoveStore.Moved;
import io.pgjobq.internal.store.MoveStore.Outcome;
import io.pgjobq.internal.store.MoveStore.Part;
import io.pgjobq.internal.store.MoveStore.Target;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

@PostgresTest
class MoveContractIntegrationTests {

    private static final Target THERE = new Target("other", null);
    private static final JobFilter ALL = JobFilter.queue(TestStore.QUEUE);

    private final TestStore store;
    private final MoveStore moves;
    private final int node;
    private final int other;

    MoveContractIntegrationTests(TestDatabase database) {
        store = TestStore.emptyOn(database);
        moves = new MoveStore(store.database());
        node = store.node();
        other = store.queues().create("other");
    }

    @Test
    void whatHasComeSinceIsNoPartOfIt() {
        store.send();
        long until = store.lanes().position();
        store.send();
        LaneRange there = new LaneRange(store.queue(), 5, 0, until);
        assertThat(moves.moveSome(there, ALL, new Target(null, "other"), 10)).hasValueSatisfying(part -> {
            assertThat(part.moved()).isEqualTo(1);
            assertThat(part.next()).isNull();
        });
        store.send();
        assertThat(store.cancellations()
                        .cancelSome(new LaneRange(store.queue(), 5, 0, until + 1), ALL, null, 10)
                        .cancelled())
                .isEqualTo(1);
    }

    @Test
    void anOlderSnapshotIsRefusedSinceItMissesClaims() {
        long id = store.send();
        for (String call : List.of(
                "pgjobq.move(" + id + ", 'emails')",
                "pgjobq.cancel(" + id + ")",
                "pgjobq.move_some(1, 5::smallint, 0, 9, null, null, null, null, null, null, 'T', 9)",
                "pgjobq.cancel_some(1, 5::smallint, 0, 9, null, null, null, null, null, null, 9)")) {
            assertThatThrownBy(() -> inOneSnapshot("select * from " + call))
                    .hasMessageContaining("needs read committed, not repeatable read");
        }
    }

    private void inOneSnapshot(String sql) throws SQLException {
        try (Connection connection = store.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            statement.execute(sql);
        }
    }

    @Test
    void aReadyJobJoinsTheEndOfTheSameLaneThereAndKeepsAllElse() {
        long id = store.send(new NewJob(TestStore.QUEUE, 3, null, null, "{\"tenant\": \"acme\"}", true), "T");
        long there = store.send(new NewJob("other", 3, null, null, null, false), "T");

        Moved moved = moves.move(id, THERE);

        assertThat(moved.outcome()).isEqualTo(Outcome.MOVED);
        LanePosition place = Objects.requireNonNull(moved.place());
        assertThat(place).isEqualTo(new LanePosition(other, 3, place.seq()));
        assertThat(place.seq()).isGreaterThan(there);
        assertThat(
                        store.count(
                                "job where id = " + id + " and queue_id = " + other + " and seq = " + place.seq()
                                        + " and awaited and type = 'T' and attributes = '{\"tenant\": \"acme\"}' and ready_at > enqueued_at"))
                .isEqualTo(1);
        assertThat(store.claim(node, 9)).isEmpty();
        assertThat(ids(store.jobs().claim(ofOther()).jobs())).containsExactly(there, id);
    }

    @Test
    void aWaitingJobKeepsItsTimeAndItsDeadlineStays() {
        long id = store.database()
                .alone(connection -> Objects.requireNonNull(store.jobs()
                                .sendWithRules(
                                        connection,
                                        TestStore.delayedJob(60_000),
                                        new Rules(null, null, Instant.now().plusSeconds(3_600)),
                                        new String[] {null},
                                        new String[] {null},
                                        new String[] {"T"},
                                        new byte[][] {TestStore.bytes("{}")}))
                        .get(0)
                        .id());
        long seq = store.value("select seq from pgjobq.job where id = " + id, Long.class);

        assertThat(moves.move(id, THERE)).isEqualTo(new Moved(Outcome.MOVED, new LanePosition(other, 11, seq)));
        assertThat(moves.move(id, new Target(null, "U")).place()).isEqualTo(new LanePosition(other, 11, seq));

        assertThat(store.count("job where type = 'U' and expires_at is not null and ready_at is null"))
                .isEqualTo(1);
        assertThat(store.count("job_deadline where job_id = " + id)).isEqualTo(1);
    }

    @Test
    void anotherTypeIsAnotherPlaceInTheSameLane() {
        long id = store.send(TestStore.job(5), "old");
        long next = store.send();

        assertThat(moves.move(id, new Target(null, "new")).outcome()).isEqualTo(Outcome.MOVED);

        List<ClaimedJob> jobs = store.claim(node, 9);
        assertThat(ids(jobs)).containsExactly(next, id);
        assertThat(jobs.get(1).type()).isEqualTo("new");
    }

    @Test
    void aHeldJobStaysAndNothingMovesToWhereThereIsNoQueue() {
        store.sendAll(5, 2);
        long held = store.claimOne(node).id();

        assertThat(moves.move(held, THERE)).isEqualTo(new Moved(Outcome.HELD, null));
        assertThat(moves.move(held, new Target("nowhere", null)).outcome()).isEqualTo(Outcome.NO_QUEUE);
        assertThat(moves.move(-1, THERE).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(moves.moveSome(LaneRange.from(store.queue(), 5, 0), ALL, new Target("nowhere", null), 10))
                .isEmpty();
        Part part = moves.moveSome(LaneRange.from(store.queue(), 5, 0), ALL, THERE, 10)
                .orElseThrow();
        assertThat(part.held()).isEqualTo(1);
        assertThat(part.moved()).isEqualTo(1);
        assertThat(store.count("job where queue_id = " + store.queue())).isEqualTo(1);
    }

    @Test
    void aQuarantinedJobStaysInQuarantine() {
        long id = store.send();
        store.server().execute("update pgjobq.job set lane = 10, priority = 5, rescues = 2");

        assertThat(Objects.requireNonNull(moves.move(id, THERE).place()).priority())
                .isEqualTo(LanePosition.QUARANTINE);
    }

    @Test
    void aKeyMovesWithItsJobUnlessItIsTakenThere() {
        long first = TestUnique.send(store, Unique.key("k").untilStarted(), "1")
                .get(0)
                .id();
        NewJob elsewhere = new NewJob("other", 5, null, null, null, false);

        assertThat(moves.move(first, THERE).outcome()).isEqualTo(Outcome.MOVED);
        assertThat(store.count("job_key where until_started and job_id = " + first + " and queue_id = " + other))
                .isEqualTo(1);
        assertThat(store.count("job_key")).isEqualTo(1);
        assertThat(TestUnique.send(store, elsewhere, Unique.key("k"), "2")
                        .get(0)
                        .id())
                .as("taken there")
                .isEqualTo(first);

        long second = TestUnique.send(store, Unique.key("k"), "3").get(0).id();
        assertThat(second).as("free here").isNotEqualTo(first);
        assertThat(moves.move(second, THERE).outcome()).isEqualTo(Outcome.KEY_TAKEN);
        Part part = moves.moveSome(LaneRange.from(store.queue(), 5, 0), ALL, THERE, 10)
                .orElseThrow();
        assertThat(part.moved()).isZero();
        assertThat(part.left()).containsExactly(second);
        assertThat(store.count("job_key where job_id = " + second + " and queue_id = " + store.queue()))
                .isEqualTo(1);
        assertThat(moves.move(second, new Target(null, "U")).outcome())
                .as("its type is another matter")
                .isEqualTo(Outcome.MOVED);
    }

    @Test
    void aKeyOfAJobThatStaysIsNotTakenThere() {
        long id = TestUnique.send(store, Unique.key("k"), "1").get(0).id();
        store.claimOne(node);

        assertThat(moves.move(id, THERE).outcome()).isEqualTo(Outcome.HELD);
        assertThat(store.count("job_key where queue_id = " + other)).isZero();
        assertThat(store.count("job_key")).isEqualTo(1);
    }

    @Test
    void oneThatIsBeingReplacedMovesOnceThatIsDoneAndNoClaimWaitsMeanwhile() throws Exception {
        NewJob waits = TestStore.delayedJob(60_000);
        long id = TestUnique.send(store, waits, Unique.key("k"), "old").get(0).id();
        store.send();
        try (Connection sender = store.dataSource().getConnection()) {
            sender.setAutoCommit(false);
            TestUnique.send(store, sender, waits, Unique.key("k").orReplace(), new String[] {"k"}, "new");
            CompletableFuture<Moved> moving = CompletableFuture.supplyAsync(() -> moves.move(id, THERE));
            assertThat(moves.moveSome(LaneRange.from(store.queue(), 11, 0), ALL, THERE, 10)
                            .orElseThrow()
                            .left())
                    .containsExactly(id);
            assertThat(store.claim(node, 1)).hasSize(1);
            assertThat(moving).isNotDone();
            sender.commit();
            assertThat(moving.get(20, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.MOVED);
        }
        assertThat(store.count("job where queue_id = " + other + " and payload = 'new'::bytea"))
                .isEqualTo(1);
    }

    /** Nobody waits for a handler's transaction under the queue's lock. */
    @Test
    void oneThatAHandlersTransactionEndsStays() throws Exception {
        long id = store.send();
        ClaimedJob job = store.claimOne(node);
        try (Connection handler = store.dataSource().getConnection()) {
            handler.setAutoCommit(false);
            try (PreparedStatement complete =
                    handler.prepareStatement("select awaited from pgjobq.complete(?, ?, ?, 1, null)")) {
                complete.setLong(1, job.id());
                complete.setLong(2, job.seq());
                complete.setLong(3, job.claim());
                complete.execute();
            }
            assertThat(moves.move(id, THERE).outcome()).isEqualTo(Outcome.HELD);
            handler.commit();
        }
        assertThat(moves.move(id, THERE).outcome()).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void manyMoveByTypeInAnyVersionAndAttributeInTheirOrder() {
        for (int i = 0; i < 3; i++) {
            store.send(TestStore.job(5), "order");
            store.send(TestStore.job(5), "order@2");
            store.send(TestStore.job(5), "orders");
        }
        JobFilter orders = ALL.type("order");

        Part first = moves.moveSome(LaneRange.from(store.queue(), 5, 0), orders, THERE, 6)
                .orElseThrow();
        assertThat(first.moved()).isEqualTo(4);
        Part rest = moves.moveSome(
                        LaneRange.from(store.queue(), 5, Objects.requireNonNull(first.next())), orders, THERE, 6)
                .orElseThrow();
        assertThat(rest.moved()).isEqualTo(2);
        assertThat(rest.next()).isNull();

        List<ClaimedJob> moved = store.jobs().claim(ofOther()).jobs();
        assertThat(ids(moved)).isSorted().hasSize(6);
        assertThat(moved.get(0).seq())
                .isEqualTo(Objects.requireNonNull(first.first()).seq());
        assertThat(store.claim(node, 9)).extracting(ClaimedJob::type).containsOnly("orders");
        assertThat(moves.moveSome(LaneRange.from(store.queue(), 5, 0), ALL.type("orders@2"), THERE, 10)
                        .orElseThrow()
                        .held())
                .isZero();
        assertThat(store.cancellations()
                        .cancelSome(
                                LaneRange.from(other, 5, 0),
                                JobFilter.queue("other").type("order"),
                                null,
                                100)
                        .requested())
                .isEqualTo(6);
    }

    private ClaimRequest ofOther() {
        ClaimRequest r = store.request(node, 9);
        return new ClaimRequest(other, r.node(), r.claim(), 9, 9, r.lanes(), r.from(), r.last(), r.told(), null);
    }
}
