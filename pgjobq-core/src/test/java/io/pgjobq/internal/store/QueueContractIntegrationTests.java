package io.pgjobq.internal.store;

import static io.pgjobq.internal.store.TestStore.list;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgjobq.HistoryRetention;
import io.pgjobq.QueueDescription;
import io.pgjobq.QueueLimits;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@PostgresTest
class QueueContractIntegrationTests {

    private final TestStore store;

    QueueContractIntegrationTests(TestDatabase database) {
        store = TestStore.emptyOn(database);
    }

    @Test
    void pausingWaitsForAClaimThatIsUnderWay() throws Exception {
        pausingWaitsFor("select pg_advisory_xact_lock('pgjobq.job'::regclass::oid::integer, " + store.queue() + ")");
    }

    @Test
    void pausingWaitsForASendThatClaims() throws Exception {
        pausingWaitsFor("""
                select pgjobq.send_claimed(%d, %d, 4711, 1, array[0, 0, 0, 0, 0, 0]::bigint[], false, '', '{}', null)""".formatted(store.queue(), store.node()));
        assertThat(store.count("claim")).as("it came before").isEqualTo(1);
    }

    private void pausingWaitsFor(String underWay) throws Exception {
        try (Connection claiming = store.server().open();
                Statement statement = claiming.createStatement()) {
            claiming.setAutoCommit(false);
            statement.execute(underWay);

            CompletableFuture<Void> paused =
                    CompletableFuture.runAsync(() -> store.queues().pause(TestStore.QUEUE, true));

            await().until(() -> store.value(
                    "select exists (select from pg_locks where locktype = 'advisory' and not granted)", Boolean.class));
            assertThat(paused).isNotDone();
            claiming.commit();
            paused.get(10, TimeUnit.SECONDS);
        }
        assertThat(store.value("select paused from pgjobq.queue", Boolean.class))
                .isTrue();
        store.queues().pause(TestStore.QUEUE, false);
    }

    @Test
    void creatingAQueueAgainChangesNothing() {
        store.queues().pause(TestStore.QUEUE, true);

        assertThat(store.queues().create(TestStore.QUEUE)).isEqualTo(store.queue());
        assertThat(store.queues().find(TestStore.QUEUE)).isEqualTo(store.queue());
        assertThat(store.value("select paused from pgjobq.queue", Boolean.class))
                .isTrue();
    }

    @Test
    void theDatabaseRefusesNamesThatTheEngineWouldRefuse() {
        assertThatThrownBy(() -> store.queues().create("no spaces")).hasMessageContaining("violates check constraint");
        assertThatThrownBy(() -> store.queues().create("")).hasMessageContaining("violates check constraint");
    }

    @Test
    void namesAreSortedAndDescribedTogether() {
        store.queues().create("audit");

        assertThat(store.queues().names()).containsExactly("audit", TestStore.QUEUE);
        assertThat(store.queues().describe(null))
                .extracting(QueueDescription::name)
                .containsExactly("audit", TestStore.QUEUE);
    }

    @Test
    void settingsAreWrittenOnlyIfTheyDiffer() {
        HistoryRetention history = new HistoryRetention(Duration.ofHours(3), Duration.ofDays(400));

        assertThat(store.queues().settings(store.queue(), 7, history)).isTrue();
        assertThat(store.queues().settings(store.queue(), 7, history)).isFalse();
        assertThat(store.queues().settings(store.queue(), 8, history)).isTrue();
        assertThat(store.value(
                        "select max_attempts || ' ' || extract(epoch from keep_succeeded)::int || ' '"
                                + " || extract(day from keep_dead) || ' ' || extract(hour from keep_dead)"
                                + " from pgjobq.queue",
                        String.class))
                .startsWith("8 10800 ");
    }

    @Test
    void aDescriptionCountsEachJobOnce() {
        int node = store.node();
        store.sendAll(5, 4);
        store.sendAll(2, 1);
        store.send(TestStore.delayedJob(60_000), "");
        ClaimedJob urgent = store.claimOne(node);
        assertThat(urgent.priority()).isEqualTo(2);
        store.claim(node, 2);
        store.fail(urgent, null);

        assertThat(store.queues().describe(TestStore.QUEUE)).singleElement().satisfies(described -> {
            assertThat(described.paused()).isFalse();
            assertThat(described.ready()).isEqualTo(2);
            assertThat(described.running()).isEqualTo(2);
            assertThat(described.waiting()).isEqualTo(1);
            assertThat(described.dead()).isEqualTo(1);
            assertThat(described.oldestReadyAge()).isBetween(Duration.ZERO, Duration.ofMinutes(1));
        });
    }

    @Test
    void anEmptyQueueHasNoOldestJob() {
        assertThat(store.queues().describe(TestStore.QUEUE))
                .containsExactly(new QueueDescription(TestStore.QUEUE, false, 0, 0, 0, 0, null, QueueLimits.NONE));
        assertThat(store.queues().describe("nobody")).isEmpty();
    }

    @Test
    void pausingAnUnknownQueueSaysSo() {
        assertThat(store.queues().pause("nobody", true)).isNull();
        assertThat(store.queues().delete("nobody", true)).isNull();
        assertThat(store.queues().find("nobody")).isNull();
    }

    @Nested
    class Deleted {

        @Test
        void aQueueWithJobsIsKeptUnlessItsJobsMayGoToo() {
            store.send();

            assertThat(store.queues().delete(TestStore.QUEUE, false)).isNull();
            assertThat(store.queues().delete(TestStore.QUEUE, true)).isEqualTo(store.queue());
        }

        @Test
        void theNameIsFreeAtOnce() {
            store.queues().delete(TestStore.QUEUE, false);

            assertThat(store.queues().names()).isEmpty();
            assertThat(store.queues().describe(null)).isEmpty();
            assertThat(store.queues().create(TestStore.QUEUE)).isNotEqualTo(store.queue());
        }

        @Test
        void jobsAndClaimsGoAndWhatSomebodyWaitsForIsCancelled() {
            int node = store.node();
            long awaited = store.send(TestStore.awaitedJob(), "");
            store.sendAll(5, 2);
            store.claim(node, 2);

            store.queues().delete(TestStore.QUEUE, true);
            assertThat(list(store.purge())).containsExactly(awaited);

            assertThat(store.count("job")).isZero();
            assertThat(store.count("claim")).isZero();
            assertThat(store.outcome(awaited).state()).isEqualTo("cancelled");
        }

        @Test
        void aCallRemovesNoMoreThanAskedForAndGoesOnWhereTheLastStopped() {
            int node = store.node();
            long awaited = store.send(TestStore.awaitedJob(), "");
            store.sendAll(5, 3);
            store.send(TestStore.delayedJob(60_000), "");
            store.claim(node, 1);
            store.claim(node, 1);
            store.claim(node, 1);
            store.queues().delete(TestStore.QUEUE, true);

            List<long[]> calls = new ArrayList<>();
            QueueStore.Purge purge;
            do {
                purge = store.queues().purge(2);
                calls.add(purge.awaited());
                assertThat(store.count("job")).isEqualTo(Math.max(0, 5 - 2 * calls.size()));
                assertThat(store.count("claim")).isEqualTo(Math.max(0, 3 - 2 * calls.size()));
            } while (purge.more());

            assertThat(calls).hasSize(3);
            assertThat(calls.stream().flatMapToLong(LongStream::of)).containsExactly(awaited);
            assertThat(store.count("finished_job where state = 'cancelled'")).isEqualTo(5);
        }

        @Test
        void theJobsOfOtherQueuesStay() {
            store.send();
            store.queues().create("other");
            store.queues().delete("other", true);

            assertThat(store.purge()).isEmpty();
            assertThat(store.count("job")).isEqualTo(1);
            assertThat(store.queues().names()).containsExactly(TestStore.QUEUE);
        }

        @Test
        void aJobWhoseSenderCommitsLaterIsPurgedLater() throws Exception {
            try (Connection sender = store.server().open()) {
                sender.setAutoCommit(false);
                store.jobs().send(sender, TestStore.job(5), "", TestStore.bytes("{}"), null);

                store.queues().delete(TestStore.QUEUE, true);
                store.purge();
                outdate();
                store.purge();
                assertThat(store.count("queue")).as("kept for the sender").isEqualTo(1);
                sender.commit();
            }
            assertThat(store.count("job")).isEqualTo(1);

            store.purge();

            assertThat(store.count("job")).isZero();
            assertThat(store.count("queue")).isZero();
        }

        /** It has no transaction id yet when the queue is deleted, but still sees the queue when it sends. */
        @Test
        void aJobOfASenderWithAnOldSnapshotIsPurgedToo() throws Exception {
            try (Connection sender = store.server().open();
                    Statement statement = sender.createStatement()) {
                sender.setAutoCommit(false);
                sender.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                statement.execute("select 1 from pgjobq.queue");

                store.queues().delete(TestStore.QUEUE, true);
                store.purge();
                assertThat(store.jobs().send(sender, TestStore.job(5), "", TestStore.bytes("{}"), null))
                        .isNotNull();
                sender.commit();
            }
            assertThat(store.count("job")).isEqualTo(1);

            store.purge();

            assertThat(store.count("job")).isZero();
        }

        @Test
        void theRowGoesADayLater() {
            store.queues().delete(TestStore.QUEUE, true);
            store.purge();
            assertThat(store.count("queue")).isEqualTo(1);

            outdate();
            store.purge();

            assertThat(store.count("queue")).isZero();
        }

        @Test
        void purgingDoesNotWaitForATransactionThatCompletesAJob() {
            int node = store.node();
            store.sendAll(5, 2);
            ClaimedJob job = store.claimOne(node);
            store.queues().delete(TestStore.QUEUE, true);
            outdate();

            store.transaction().executeWithoutResult(status -> {
                assertThat(store.settlements().complete(job, 1_000, null)).isNotNull();
                store.purge();
                assertThat(store.count("job")).isEqualTo(1);
                status.setRollbackOnly();
            });

            assertThat(store.count("queue")).as("kept for the job that is left").isEqualTo(1);
            store.purge();
            assertThat(store.count("job")).isZero();
            assertThat(store.count("queue")).isZero();
        }

        private void outdate() {
            store.server().execute("update pgjobq.queue set deleted_at = deleted_at - interval '25 hours'");
        }
    }
}
