package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.pgjobq.KeyOrder;
import io.pgjobq.QueueLimits;
import io.pgjobq.UnkeyedQueueException;
import io.pgjobq.internal.store.Settlement.Failed;
import io.pgjobq.internal.store.Settlement.Failure;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which jobs with keys a claim takes, and which it passes over. */
@PostgresTest
class KeyContractIntegrationTests {

    private static final EndedTurns NONE = new EndedTurns(List.of(), List.of());

    private final TestStore store;
    private final KeyStore keys;
    private final int node;

    KeyContractIntegrationTests(TestDatabase database) {
        store = TestStore.emptyOn(database);
        keys = new KeyStore(store.database());
        node = store.node();
        store.queues()
                .limit(
                        TestStore.QUEUE,
                        QueueLimits.builder().orderPerKey(KeyOrder.STRICT).build());
    }

    private void allow(int perKey) {
        store.queues()
                .limit(
                        TestStore.QUEUE,
                        QueueLimits.builder().concurrencyPerKey(perKey).build());
    }

    private void relax() {
        store.queues()
                .limit(
                        TestStore.QUEUE,
                        QueueLimits.builder().orderPerKey(KeyOrder.RELAXED).build());
    }

    private long send(@Nullable String key) {
        return send(TestStore.job(5), key, "");
    }

    private long send(NewJob job, @Nullable String key, String type) {
        return TestKeys.send(store, job, type, new String[] {key}).get(0);
    }

    private Claimed claim(int by, int limit) {
        return store.jobs().claim(store.request(by, limit));
    }

    private List<Long> take(int limit) {
        return ids(claim(node, limit));
    }

    /** As a node that goes on where it stopped, and says what has ended, or was told of lines. */
    private Claimed goOn(int by, int limit, EndedTurns ended, List<Long> lines) {
        ClaimRequest all = store.request(by, limit);
        long[] seen = new long[all.lanes().length];
        Arrays.fill(seen, Long.MAX_VALUE);
        return claim(all, seen, ended, lines);
    }

    private Claimed claim(ClaimRequest all, long[] from, EndedTurns ended, List<Long> lines) {
        return store.jobs()
                .claim(new ClaimRequest(
                        all.queue(),
                        all.node(),
                        all.claim(),
                        all.limit(),
                        all.limit(),
                        all.lanes(),
                        from,
                        all.last(),
                        all.told(),
                        all.types(),
                        new ClaimRequest.Turns(ended, lines)));
    }

    private static List<Long> ids(Claimed claimed) {
        return claimed.jobs().stream().map(ClaimedJob::id).toList();
    }

    private void succeed(List<ClaimedJob> jobs) {
        store.settlements()
                .succeeded(
                        TestStore.succeeded(jobs),
                        jobs.stream().mapToLong(ClaimedJob::claim).distinct().toArray());
    }

    private void retry(ClaimedJob job) {
        store.settlements().failed(List.of(new Failed(job, 1, new Failure("E", "m", "s"), 60_000L)));
    }

    @Test
    void jobsWithOneKeyAreTakenOneAtATimeInOrder() {
        long first = send("a");
        long other = send("b");
        long second = send("a");
        long free = send(null);

        Claimed taken = claim(node, 10);

        assertThat(ids(taken)).containsExactly(first, other, free);
        assertThat(taken.jobs().get(0).turn()).isNotNull();
        assertThat(Objects.requireNonNull(taken.jobs().get(1).turn()).key()).isEqualTo("b");
        assertThat(taken.jobs().get(2).turn()).isNull();
        assertThat(take(10)).isEmpty();
        succeed(taken.jobs());
        assertThat(take(10)).containsExactly(second);
    }

    @Test
    void theNextOfAKeyIsTakenByItsLineOnceTheOneBeforeHasEnded() {
        send("a");
        long second = send("a");
        long third = send("a");
        Claimed first = claim(node, 10);

        assertThat(goOn(node, 10, NONE, List.of()).jobs()).isEmpty();
        // It has not ended: whoever says so is not believed.
        assertThat(goOn(node, 10, EndedTurns.of(first.jobs()), List.of()).jobs())
                .isEmpty();
        succeed(first.jobs());
        Claimed next = goOn(node, 10, EndedTurns.of(first.jobs()), List.of());

        assertThat(ids(next)).containsExactly(second);
        succeed(next.jobs());
        assertThat(ids(goOn(node, 10, EndedTurns.of(next.jobs()), List.of()))).containsExactly(third);
    }

    @Test
    void aNodeThatDoesNotGoOnLearnsWhereOthersMay() {
        send("a");
        long second = send("a");
        send("b");
        Claimed first = claim(node, 10);
        succeed(first.jobs());

        long[] lines = keys.giveUp(store.queue(), EndedTurns.of(first.jobs()));

        assertThat(lines).hasSize(1);
        assertThat(ids(goOn(store.node(), 10, NONE, List.of(lines[0])))).containsExactly(second);
        assertThat(store.count("key_hold")).isOne();
    }

    @Test
    void anEarlierOneThatIsCommittedLaterIsTakenFirst() throws Exception {
        long early;
        long late;
        try (var connection = store.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            early = Objects.requireNonNull(store.jobs()
                            .sendWithRules(
                                    connection,
                                    TestStore.job(5),
                                    new Rules(null, null, null),
                                    new String[1],
                                    new String[] {"a"},
                                    new String[] {""},
                                    new byte[][] {TestStore.bytes("{}")}))
                    .get(0)
                    .id();
            late = send("a");
            connection.commit();
        }
        long[] from = new long[] {late};
        ClaimRequest request = store.requestFrom(node, 10, 5, from[0]);

        assertThat(ids(store.jobs().claim(request))).containsExactly(early);
    }

    @Test
    void aLaterOneThatIsHeldKeepsAnEarlierOneBackThatIsCommittedMeanwhile() throws Exception {
        try (var connection = store.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            store.jobs()
                    .sendWithRules(
                            connection,
                            TestStore.job(5),
                            new Rules(null, null, null),
                            new String[1],
                            new String[] {"a"},
                            new String[] {""},
                            new byte[][] {TestStore.bytes("{}")});
            send("a");
            assertThat(take(10)).hasSize(1);
            connection.commit();
        }

        assertThat(take(10)).isEmpty();
    }

    @Test
    void aRetryHoldsItsKeyBackIfTheOrderIsStrictAndNotOtherwise() {
        long first = send("a");
        long second = send("a");
        ClaimedJob job = claim(node, 1).jobs().get(0);
        retry(job);

        assertThat(take(10)).isEmpty();
        assertThat(goOn(node, 10, EndedTurns.of(List.of(job)), List.of()).jobs())
                .isEmpty();
        makeDue(first);
        assertThat(take(10)).containsExactly(first);
    }

    @Test
    void aRetryLetsOthersOfItsKeyGoOnIfTheOrderIsRelaxed() {
        relax();
        long first = send("a");
        long second = send("a");
        retry(claim(node, 1).jobs().get(0));

        Claimed next = claim(node, 10);
        assertThat(ids(next)).containsExactly(second);
        makeDue(first);
        assertThat(take(10)).isEmpty();
        succeed(next.jobs());
        assertThat(take(10)).containsExactly(first);
    }

    private void makeDue(long id) {
        store.server()
                .execute("update pgjobq.job set " + TestStore.waitsUntil("clock_timestamp() - interval '1 second'")
                        + " where id = " + id);
        store.lanes().promote(10, null);
    }

    @Test
    void aDelayedJobHoldsNothingBackUntilItIsDueAndIsTheNextThen() {
        long delayed = send(TestStore.delayedJob(60_000), "a", "");
        long second = send("a");
        long third = send("a");

        Claimed taken = claim(node, 10);
        assertThat(ids(taken)).containsExactly(second);
        makeDue(delayed);
        assertThat(take(10)).isEmpty();
        succeed(taken.jobs());
        Claimed next = claim(node, 10);
        assertThat(ids(next)).containsExactly(delayed);
        succeed(next.jobs());
        assertThat(take(10)).containsExactly(third);
    }

    @Test
    void theOrderOfAKeyHoldsWhateverThePrioritiesAreAndTheMostUrgentCounts() {
        long first = send(TestStore.job(9), "a", "");
        send(TestStore.job(0), "a", "");
        long other = send(TestStore.job(5), "b", "");

        assertThat(take(1)).containsExactly(first);
        assertThat(take(10)).containsExactly(other);
    }

    @Test
    void jobsOfADeadNodeAreTheNextOfTheirKeys() {
        long first = send("a");
        send("a");
        int dead = store.node();
        assertThat(ids(claim(dead, 10))).containsExactly(first);
        store.leave(dead);
        store.nodes().rescue(50);

        assertThat(take(10)).containsExactly(first);
    }

    @Test
    void aJobThatIsGivenBackIsTheNextOfItsKey() {
        long first = send("a");
        send("a");
        ClaimedJob job = claim(node, 10).jobs().get(0);
        store.settlements().released(List.of(new Settlement.Released(job)), new long[] {job.claim()});

        assertThat(take(10)).containsExactly(first);
    }

    @Test
    void severalOfAKeyAreHeldWhereThatIsAllowed() {
        allow(2);
        long first = send("a");
        long second = send("a");
        long third = send("a");
        long other = send("b");

        Claimed taken = claim(node, 10);
        assertThat(ids(taken)).containsExactly(first, second, other);
        assertThat(take(10)).isEmpty();
        store.succeed(taken.jobs().subList(0, 1));
        assertThat(ids(goOn(node, 10, EndedTurns.of(taken.jobs().subList(0, 1)), List.of())))
                .containsExactly(third);
    }

    @Test
    void aCancelledJobLetsTheNextHaveItsTurn() {
        long first = send("a");
        long second = send("a");
        ClaimedJob job = claim(node, 10).jobs().get(0);
        retry(job);
        assertThat(take(10)).isEmpty();

        assertThat(store.cancel(first)).isTrue();

        assertThat(take(10)).containsExactly(second);
    }

    @Test
    void aNodeThatDoesNotRunTheNextJobsTypeSaysSo() {
        send(TestStore.job(5), "a", "A");
        long second = send(TestStore.job(5), "a", "B");
        ClaimRequest onlyA = store.request(node, 10, new String[] {"A"}, 5);
        Claimed first = store.jobs().claim(onlyA);
        assertThat(first.jobs()).hasSize(1);
        succeed(first.jobs());
        ClaimRequest again = store.request(node, 10, new String[] {"A"}, 5);

        Claimed none = claim(again, again.from(), EndedTurns.of(first.jobs()), List.of());

        assertThat(none.jobs()).isEmpty();
        long[] others = Objects.requireNonNull(none.turns()).others();
        assertThat(others).hasSize(1);
        assertThat(ids(goOn(store.node(), 10, NONE, List.of(others[0])))).containsExactly(second);
    }

    @Test
    void aLookFindsJobsThatNobodyWasToldOf() {
        send("a");
        long second = send("a");
        Claimed first = claim(node, 1);
        int[] queues = {store.queue()};
        assertThat(store.lanes().sweep(queues, 0).ready()).isEmpty();
        succeed(first.jobs());

        assertThat(store.lanes().sweep(queues, 0).ready()).containsExactly(new LanePosition(store.queue(), 5, second));
    }

    @Test
    void whatIsHeldNoMoreIsForgotten() {
        send("a");
        send("b");
        Claimed taken = claim(node, 10);
        store.succeed(taken.jobs().subList(0, 1));

        assertThat(keys.sweep(null, 1_000)).isEqualTo(new Swept<>(true, null));
        assertThat(store.count("key_hold")).isOne();
    }

    @Test
    void aLimitThatIsTakenAwayIsKeptTrackOf() {
        send("a");
        long second = send("a");
        assertThat(take(10)).hasSize(1);
        store.queues().limit(TestStore.QUEUE, QueueLimits.NONE);
        assertThat(store.queues().describe(TestStore.QUEUE).get(0).limits()).isEqualTo(QueueLimits.NONE);

        assertThat(take(10)).containsExactly(second);
        send("a");
        allow(2);
        assertThat(take(10)).isEmpty();
    }

    @Test
    void aKeyIsRefusedWhereItSaysNothing() {
        store.queues().create("plain");
        NewJob job = new NewJob("plain", 5, null, null, null, false);

        assertThatExceptionOfType(UnkeyedQueueException.class)
                .isThrownBy(() -> send(job, "a", ""))
                .withMessageContaining("queue 'plain'")
                .withMessageContaining("order-per-key");
        assertThat(store.count("job")).isZero();
    }
}
