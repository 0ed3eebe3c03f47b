package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.pgjobq.HistoryRetention;
import io.pgjobq.internal.database.Database;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@PostgresTest
class HistoryContractIntegrationTests {

    private final TestStore store;

    HistoryContractIntegrationTests(TestDatabase database) {
        store = TestStore.emptyOn(database);
    }

    @AfterEach
    void dropWhatIsOver() {
        while (store.finished().drop() != null) {
            assertThat(partitions()).isPositive();
        }
    }

    @Test
    void maintainingAgainChangesNothing() {
        long before = partitions();

        store.finished().maintain();

        assertThat(before).isPositive();
        assertThat(partitions()).isEqualTo(before);
    }

    @Test
    void everyRetentionFindsItsPartitionsAheadOfTime() {
        for (int days : new int[] {0, 3, 62, 63, 3660}) {
            store.queues()
                    .settings(store.queue(), 10, new HistoryRetention(Duration.ofDays(days), Duration.ofDays(days)));
            store.finished().maintain();
            for (int ahead = 0; ahead <= 3; ahead++) {
                assertThat(store.value(
                                "select to_regclass('pgjobq.finished_job_' || to_char(pgjobq.drop_on(clock_timestamp()"
                                        + " + interval '" + ahead + " days', keep_dead), 'YYYYMMDD')) is not null"
                                        + " from pgjobq.queue",
                                Boolean.class))
                        .as("%s days, %s days ahead", days, ahead)
                        .isTrue();
            }
            long id = store.send();
            assertThat(store.cancel(id)).isTrue();
        }
    }

    @Test
    void manyMaintainAtOnceAndNobodyFails() throws Exception {
        store.queues().settings(store.queue(), 10, new HistoryRetention(Duration.ofDays(11), Duration.ofDays(47)));
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Void>> calls = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                calls.add(() -> {
                    store.finished().maintain();
                    return null;
                });
            }
            for (Future<Void> call : threads.invokeAll(calls)) {
                call.get();
            }
        } finally {
            threads.shutdownNow();
        }
        long after = partitions();
        store.finished().maintain();
        assertThat(partitions()).isEqualTo(after);
    }

    @Test
    void aMissingPartitionIsTold() {
        store.queues().settings(store.queue(), 10, new HistoryRetention(Duration.ofDays(23), Duration.ofDays(23)));
        long id = store.send();

        assertThat(catchThrowable(() -> store.cancel(id))).matches(Database::lacksPartition);
        assertThat(store.outcome(id).live()).isTrue();

        store.finished().maintain();
        assertThat(store.cancel(id)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "2026-03-10 23:59:59+00, 0 days, 2026-03-11",
        "2026-03-10 00:00:00+00, 24 hours, 2026-03-12",
        "2026-03-10 23:30:00-02, 0 days, 2026-03-12",
        "2026-03-10 12:00:00+00, 62 days, 2026-05-12",
        "2026-03-10 12:00:00+00, 63 days, 2026-06-01",
        "2026-12-31 12:00:00+00, 100 days, 2027-05-01",
    })
    void historyIsKeptAtLeastAsLongAsAskedFor(String finished, String keep, String day) {
        assertThat(store.value("select pgjobq.drop_on('" + finished + "', '" + keep + "')::text", String.class))
                .isEqualTo(day);
    }

    @Test
    void aPartitionIsDroppedWhenItsDayHasComeAndNotBefore() {
        long before = partitions();
        oldPartition("20200101");
        oldPartition("20200102");

        assertThat(store.finished().drop()).isEqualTo("finished_job_20200101");
        assertThat(store.finished().drop()).isEqualTo("finished_job_20200102");
        assertThat(store.finished().drop()).isNull();
        assertThat(partitions()).isEqualTo(before);
    }

    @Test
    void aLongReaderPutsTheDropOffAndNobodyIsBlocked() throws Exception {
        oldPartition("20200103");
        try (Connection reader = store.server().open();
                Statement statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            statement.execute("select count(*) from pgjobq.finished_job");

            assertThat(store.finished().drop()).isNull();

            long id = store.send();
            assertThat(store.cancel(id)).isTrue();
            assertThat(store.outcome(id).state()).isEqualTo("cancelled");
            reader.commit();
        }
        assertThat(store.finished().drop()).isEqualTo("finished_job_20200103");
    }

    @Test
    void historyIsReadAndWrittenWhilePartitionsAreMade() throws Exception {
        store.queues().settings(store.queue(), 10, new HistoryRetention(Duration.ofDays(17), Duration.ofDays(30)));
        try (Connection reader = store.server().open();
                Statement statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            statement.execute("select count(*) from pgjobq.finished_job");
            long before = partitions();

            store.finished().maintain();

            assertThat(partitions()).isGreaterThan(before);
        }
    }

    @Test
    void oneDropsAtATimeAndTheOthersDoNotWait() throws Exception {
        oldPartition("20200104");
        try (Connection other = store.server().open();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("select pg_advisory_xact_lock('pgjobq.job'::regclass::oid::integer, -2)");

            assertThat(store.finished().drop()).isNull();
            // Closing would do it too, but when the server gets round to it.
            other.rollback();
        }
        assertThat(store.finished().drop()).isEqualTo("finished_job_20200104");
    }

    private void oldPartition(String day) {
        store.server()
                .execute("create table pgjobq.finished_job_" + day + " partition of pgjobq.finished_job"
                        + " for values in ('" + day + "')");
    }

    private long partitions() {
        return store.value(
                "select count(*) from pg_inherits where inhparent = 'pgjobq.finished_job'::regclass", Long.class);
    }
}
