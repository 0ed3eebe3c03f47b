package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.QueueDescription;
import io.pgjobq.QueueLimits;
import io.pgjobq.Rate;
import io.pgjobq.internal.store.Claimed.Allowance;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** What limits of the whole fleet allow, whoever asks. */
@PostgresTest
class QueueLimitsContractIntegrationTests {

    private final TestStore store;
    private final int one;
    private final int other;

    QueueLimitsContractIntegrationTests(TestDatabase database) {
        store = TestStore.emptyOn(database);
        one = store.node();
        other = store.node();
    }

    @Test
    void noMoreJobsAreTakenThanMayRunAtOnce() {
        limit(concurrency(3));
        store.sendAll(5, 10);

        assertThat(store.claim(one, 2)).hasSize(2);
        Claimed rest = store.jobs().claim(store.request(other, 10));

        assertThat(rest.jobs()).hasSize(1);
        assertThat(rest.allowance()).isEqualTo(new Allowance(1, null));
        assertThat(store.jobs().claim(store.request(one, 10)).allowance()).isEqualTo(new Allowance(0, null));
    }

    @Test
    void noMoreJobsAreTakenThanCanStart() {
        limit(concurrency(8));
        store.sendAll(5, 10);
        ClaimRequest r = store.request(one, 10);

        Claimed claimed = store.jobs()
                .claim(new ClaimRequest(
                        r.queue(), r.node(), r.claim(), 10, 2, r.lanes(), r.from(), r.last(), r.told(), null));

        assertThat(claimed.jobs()).hasSize(2);
        assertThat(claimed.allowance()).isEqualTo(new Allowance(2, null));
    }

    @Test
    void aQueueWithoutLimitsSaysNothingOfThem() {
        store.sendAll(5, 10);

        Claimed claimed = store.jobs().claim(store.request(one, 10));

        assertThat(claimed.jobs()).hasSize(10);
        assertThat(claimed.allowance()).isNull();
        assertThat(store.count("queue_rate")).isZero();
    }

    @Test
    void aPlaceIsFreeAsSoonAsItsJobHasEndedIsPutOffOrGivenBack() {
        limit(concurrency(3));
        store.sendAll(5, 20);
        List<ClaimedJob> held = store.claim(one, 3);

        store.succeed(held.subList(0, 1));
        assertThat(store.claim(other, 9)).hasSize(1);
        store.fail(held.get(1), 60_000L);
        assertThat(store.claim(other, 9)).hasSize(1);
        store.release(held.subList(2, 3));
        assertThat(store.claim(other, 9)).hasSize(1);
        assertThat(store.claim(other, 9)).isEmpty();
    }

    @Test
    void aDeadNodeKeepsItsPlacesUntilItsJobsAreRescuedAndNoLonger() {
        limit(concurrency(2));
        store.sendAll(5, 4);
        store.claim(one, 2);
        store.server().execute("delete from pgjobq.node where id = " + one);

        assertThat(store.claim(other, 4)).isEmpty();
        store.nodes().rescue(9);
        assertThat(store.claim(other, 4)).hasSize(2);
    }

    @Test
    void aLimitIsChangedWhileJobsRun() {
        limit(concurrency(2));
        store.sendAll(5, 9);
        List<ClaimedJob> held = store.claim(one, 9);

        limit(concurrency(4));
        assertThat(store.claim(other, 9)).hasSize(2);
        limit(concurrency(1));
        store.succeed(held);
        assertThat(store.claim(other, 9)).as("still two run").isEmpty();
        limit(QueueLimits.NONE);
        assertThat(store.claim(other, 9)).hasSize(5);
    }

    @RepeatedTest(5)
    void neverDoMoreRunAtOnceHoweverManyAskForThem() throws Exception {
        limit(concurrency(3));

        assertThat(mostAtOnce()).isEqualTo(3);
    }

    /** What the test above would see if nobody counted. */
    @Test
    void withoutCountingMoreRunAtOnce() throws Exception {
        String counting = store.value(
                "select pg_get_functiondef('pgjobq.allowance(integer, integer)'::regprocedure)", String.class);
        store.server()
                .execute("create or replace function pgjobq.allowance(p_queue integer, p_most integer) returns integer"
                        + " language sql as 'select p_most'");
        try {
            limit(concurrency(3));
            assertThat(mostAtOnce()).isGreaterThan(3);
        } finally {
            store.server().execute(counting);
        }
    }

    private int mostAtOnce() throws Exception {
        List<Long> all = store.sendAll(5, 200);
        AtomicInteger left = new AtomicInteger(all.size());
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CompletableFuture<?>[] nodes = IntStream.range(0, 4)
                .mapToObj(n -> CompletableFuture.runAsync(() -> work(left, running, most)))
                .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(nodes).get(60, TimeUnit.SECONDS);
        return most.get();
    }

    private void work(AtomicInteger left, AtomicInteger running, AtomicInteger most) {
        int node = store.node();
        while (left.get() > 0) {
            List<ClaimedJob> taken = store.claim(node, 2);
            most.accumulateAndGet(running.addAndGet(taken.size()), Math::max);
            if (!taken.isEmpty()) {
                Thread.yield();
                running.addAndGet(-taken.size());
                store.succeed(taken, taken.get(0).claim());
                left.addAndGet(-taken.size());
            }
        }
    }

    @Test
    void inNoSpanOfTimeDoMoreStartThanTheRateAllows() {
        limit(rate(Rate.perSecond(20), null));
        store.sendAll(5, 50);
        List<Long> before = new ArrayList<>();
        List<Long> after = new ArrayList<>();

        while (after.size() < 50) {
            long began = System.nanoTime();
            int taken = store.claim(after.size() % 2 == 0 ? one : other, 3).size();
            long ended = System.nanoTime();
            for (int i = 0; i < taken; i++) {
                before.add(began);
                after.add(ended);
            }
        }

        for (int i = 20; i < after.size(); i++) {
            assertThat(Duration.ofNanos(after.get(i) - before.get(i - 20))).isGreaterThan(Duration.ofSeconds(1));
        }
    }

    @Test
    void theAnswerSaysWhenTheRateAllowsMoreAndThenItDoes() {
        limit(rate(Rate.perSecond(4), null));
        store.sendAll(5, 9);

        Allowance first = allowance(store.jobs().claim(store.request(one, 9)));
        assertThat(first.jobs()).isEqualTo(4);
        long wait = Objects.requireNonNull(first.micros());
        assertThat(wait).isBetween(900_000L, 1_020_000L);
        Allowance refused = allowance(store.jobs().claim(store.request(other, 9)));
        assertThat(refused.jobs()).isZero();
        assertThat(refused.micros()).isBetween(1L, wait);

        // As if that time had passed.
        store.server().execute("update pgjobq.queue_rate set slices = array(select s - 510 from unnest(slices) s)");
        assertThat(store.claim(other, 9)).hasSize(4);
    }

    @Test
    void aBurstIsAsLargeAsIsAllowedAndTheRestFollowsAtThePaceOfTheRate() {
        limit(rate(Rate.perSecond(100), 5));
        store.sendAll(5, 30);

        Allowance first = allowance(store.jobs().claim(store.request(one, 30)));

        assertThat(first.jobs()).isEqualTo(5);
        assertThat(first.micros()).isBetween(5_000L, 10_001L);
    }

    @Test
    void aFailedAttemptCountsForTheRate() {
        limit(rate(Rate.perMinute(2), null));
        store.sendAll(5, 3);
        store.claim(one, 1).forEach(job -> store.fail(job, 0L));

        assertThat(store.claim(one, 9)).hasSize(1);
        assertThat(store.claim(one, 9)).isEmpty();
    }

    @Test
    void aClockThatWasPutBackHoldsNothingUpForLongerThanTheRateDoes() {
        limit(rate(Rate.perSecond(4), 4));
        store.sendAll(5, 9);
        store.claim(one, 4);
        store.server()
                .execute("update pgjobq.queue_rate set slices = array(select s + 1000000 from unnest(slices) s),"
                        + " paced_at = paced_at + 36000000000");

        assertThat(allowance(store.jobs().claim(store.request(one, 9))).micros())
                .isBetween(1L, 1_020_000L);
    }

    @Test
    void onlyClaimsThatTheRateCountsWaitForTheDisk() throws Exception {
        limit(concurrency(3));
        assertThat(commit()).isEqualTo("off");
        limit(rate(Rate.perSecond(3), null));
        assertThat(commit()).isEqualTo("on");
    }

    private String commit() throws Exception {
        try (Connection connection = store.server().open();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("select * from pgjobq.claim(" + store.queue() + ", " + one + ", " + TestStore.TOKEN
                    + ", 0, 1, 1, '{5}'::smallint[], '{0}'::bigint[], '{0}', '{0}', null, '{}', '{}', '{}')");
            try (ResultSet row = statement.executeQuery("show synchronous_commit")) {
                row.next();
                return row.getString(1);
            } finally {
                connection.rollback();
            }
        }
    }

    @Test
    void aJobIsNotStartedByItsSender() {
        limit(concurrency(3));
        assertThat(store.sendClaimed(one, 5, 0).claimed()).isFalse();
        limit(rate(Rate.perSecond(3), null));
        assertThat(store.sendClaimed(one, 5, 0).claimed()).isFalse();
        limit(QueueLimits.NONE);
        store.claim(one, 9);
        assertThat(store.sendClaimed(one, 5, Long.MAX_VALUE).claimed()).isTrue();
    }

    @Test
    void whoSetsALimitWaitsForAClaimThatHasSeenNone() throws Exception {
        store.sendAll(5, 9);
        try (Connection claiming = store.server().open();
                Statement statement = claiming.createStatement()) {
            claiming.setAutoCommit(false);
            statement.execute("select pgjobq.send_claimed(" + store.queue() + ", " + one
                    + ", 4711, 1, array[0, 0, 0, 0, 0, 0]::bigint[], false, '', '{}', null)");

            CompletableFuture<Void> limited = CompletableFuture.runAsync(() -> limit(concurrency(1)));

            await().until(() -> store.value(
                    "select exists (select from pg_locks where locktype = 'advisory' and not granted)", Boolean.class));
            assertThat(limited).isNotDone();
            claiming.commit();
            limited.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void whatPeopleHaveSetStaysUntilTheApplicationSaysSomethingElse() {
        QueueLimits declared = concurrency(4);
        assertThat(store.queues().declareLimits(store.queue(), declared)).isTrue();
        assertThat(described()).isEqualTo(declared);

        limit(concurrency(1));
        assertThat(store.queues().declareLimits(store.queue(), declared)).isFalse();
        assertThat(described()).isEqualTo(concurrency(1));

        QueueLimits changed = rate(Rate.perMinute(90), 7);
        assertThat(store.queues().declareLimits(store.queue(), changed)).isTrue();
        assertThat(described()).isEqualTo(changed);
        assertThat(store.queues().declareLimits(store.queue(), QueueLimits.NONE))
                .isTrue();
        assertThat(described()).isEqualTo(QueueLimits.NONE);
    }

    @Test
    void aQueueThatIsNotThereHasNoLimits() {
        assertThat(store.queues().limit("nobody", concurrency(1))).isNull();
    }

    private QueueLimits described() {
        return store.queues().describe(TestStore.QUEUE).stream()
                .map(QueueDescription::limits)
                .findFirst()
                .orElseThrow();
    }

    private void limit(QueueLimits limits) {
        assertThat(store.queues().limit(TestStore.QUEUE, limits)).isEqualTo(store.queue());
    }

    private static Allowance allowance(Claimed claimed) {
        return Objects.requireNonNull(claimed.allowance());
    }

    private static QueueLimits concurrency(int most) {
        return QueueLimits.builder().concurrency(most).build();
    }

    private static QueueLimits rate(Rate rate, @Nullable Integer burst) {
        return QueueLimits.builder().rate(rate).burst(burst).build();
    }
}
