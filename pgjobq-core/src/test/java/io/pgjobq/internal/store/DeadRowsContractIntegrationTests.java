package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.database.SqlFiles;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done for each job reads no more pages when rows that died can't be removed, as somebody's snapshot is old. */
@PostgresTest
class DeadRowsContractIntegrationTests {

    private static final Pattern BUFFERS = Pattern.compile("Buffers: shared( hit=(\\d+))?( read=(\\d+))?");
    private static final int MANY = 50_000;
    private static final List<String> FOR_EACH_JOB = List.of(
            "send",
            "send_all",
            "claim",
            "complete",
            "complete_all",
            "settle_succeeded",
            "settle_failed",
            "remove_claims",
            "start_job",
            "await",
            "outcomes",
            "heartbeat");

    private static final Logger LOG = LoggerFactory.getLogger(DeadRowsContractIntegrationTests.class);

    private final TestStore store;
    private final Connection old;

    DeadRowsContractIntegrationTests(TestDatabase database) throws SQLException {
        store = TestStore.emptyOn(database);
        old = database.open();
    }

    @BeforeEach
    void holdASnapshot() throws SQLException {
        old.setAutoCommit(false);
        old.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        try (Statement statement = old.createStatement()) {
            statement.execute("select count(*) from pgjobq.queue");
        }
    }

    @AfterEach
    void releaseIt() throws SQLException {
        old.close();
    }

    @Test
    void aClaimThatFindsNothingReadsNoDeadClaims() {
        int node = store.node();
        long seq = store.value("select nextval('pgjobq.job_seq')", Long.class);
        String claim =
                "select * from pgjobq.claim(%d, %d, 4711, %d, 10, 10, '{5}', '{%d}', '{0}', '{0}', null, '{}', '{}', '{}')";
        long first = pages(claim.formatted(store.queue(), node, (long) node << 37, seq));

        store.server()
                .execute("insert into pgjobq.claim (id, node_id, queue_id, lane, max_seq, seqs)" + " select n, 1, "
                        + store.queue() + ", 5, " + seq + " - n, '{1}' from generate_series(1, " + MANY + ") n");
        store.server().execute("delete from pgjobq.claim");

        assertThat(pages(claim.formatted(store.queue(), node, (long) node << 37, seq)))
                .isLessThan(first + 50);
    }

    @Test
    void aSweepOfWhatIsNewReadsNoDeadJobs() {
        String sweep = "select * from pgjobq.sweep('{" + store.queue() + "}', %d)";
        long first = pages(sweep.formatted(1));

        store.server()
                .execute("insert into pgjobq.job (id, seq, queue_id, payload) select n, n, " + store.queue()
                        + ", '' from (select nextval('pgjobq.job_seq') as n from generate_series(1, " + MANY + ")) s");
        store.server()
                .execute("insert into pgjobq.job (id, lane, seq, queue_id, payload) select -n, 11, "
                        + "(extract(epoch from clock_timestamp()) * 1000000)::bigint - n, "
                        + store.queue() + ", '' from generate_series(1, " + MANY + ") n");
        store.server().execute("delete from pgjobq.job");

        assertThat(pages(sweep.formatted(store.lanes().position()))).isLessThan(first + 100);
    }

    @Test
    void aLookForWhatBecameDueSinceReadsNoJobsThatWereDueBefore() {
        String promote = "select * from pgjobq.promote(10, %s)";
        long first = pages(promote.formatted("null"));

        store.server()
                .execute("insert into pgjobq.job (id, lane, seq, queue_id, payload) select -n, 11, "
                        + "(extract(epoch from clock_timestamp()) * 1000000)::bigint - n, "
                        + store.queue() + ", '' from generate_series(1, " + MANY + ") n");
        store.server().execute("delete from pgjobq.job");

        assertThat(pages(promote.formatted("null"))).isGreaterThan(first + MANY / 100);
        assertThat(pages(promote.formatted("clock_timestamp()"))).isLessThan(first + 50);
    }

    @Test
    void theEndsOfJobsAreFoundWithoutReadingOtherJobs() {
        List<Long> ids = store.sendAll(5, 20);
        long first = pages(outcomes(ids));

        store.server()
                .execute("insert into pgjobq.job (id, seq, queue_id, payload) select -n, 1000000 + n, " + store.queue()
                        + ", '' from generate_series(1, " + MANY + ") n");
        store.server().execute("delete from pgjobq.job where id < 0");
        store.server()
                .execute(
                        "insert into pgjobq.finished_job (id, queue_id, priority, attempts, state, drop_on, enqueued_at,"
                                + " finished_at, type) select -n, " + store.queue() + ", 5, 1, 'succeeded',"
                                + " pgjobq.drop_on(now(), '1 day'), now(), now(), '' from generate_series(1, " + MANY
                                + ") n");
        // Both before and after the planner has learned of it.
        assertThat(pages(outcomes(ids))).isLessThan(first + 200);
        store.server().execute("vacuum analyze pgjobq.job, pgjobq.finished_job");

        assertThat(pages(outcomes(ids))).isLessThan(first + 200);
    }

    @Test
    void whatIsDoneForEachJobReadsNoDeadJobsAndClaims() throws SQLException {
        try (ExplainedConnection connection = ExplainedConnection.openOn(store.server())) {
            TestStore explained = TestStore.on(store.server(), connection, "pgjobq");
            HotStatements.run(explained, connection);
            Map<String, Long> before = HotStatements.pages(HotStatements.run(explained, connection));
            workOff(MANY);
            Map<String, Long> after = HotStatements.pages(HotStatements.run(explained, connection));

            LOG.info("pages touched, no dead rows: {}", before);
            LOG.info("pages touched, {} dead jobs and as many claims: {}", MANY, after);
            assertThat(store.count("job") + store.count("claim")).isLessThan(MANY / 10);
            assertThat(FOR_EACH_JOB)
                    .allSatisfy(statement -> assertThat(after.get(statement))
                            .as(statement)
                            // The indexes are deeper by a level or two, for each of a hundred jobs.
                            .isLessThan(before.get(statement) * 2 + 20));
            assertThat(after.get("claim")).isLessThan(before.get("claim") + 20);
        }
    }

    private void workOff(int jobs) {
        store.server()
                .execute("insert into pgjobq.job (id, seq, queue_id, payload) select n, n, " + store.queue()
                        + ", '' from (select nextval('pgjobq.job_seq') as n from generate_series(1, " + jobs + ")) s");
        store.server()
                .execute(
                        "insert into pgjobq.claim (id, node_id, queue_id, lane, max_seq, seqs)"
                                + " select j.seq, 1, j.queue_id, 5, j.seq, array[j.seq] from pgjobq.job j where j.payload = ''");
        store.server().execute("delete from pgjobq.claim where node_id = 1");
        store.server().execute("delete from pgjobq.job where payload = ''");
    }

    private static String outcomes(List<Long> ids) {
        return new SqlFiles("pgjobq")
                .get("outcomes")
                .replace(
                        "?",
                        "'{" + ids.stream().map(String::valueOf).collect(Collectors.joining(",")) + "}'::bigint[]");
    }

    private String plan(String sql) {
        try (Connection connection = store.server().open();
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery("explain (analyze, buffers, costs off, timing off) " + sql)) {
            StringBuilder plan = new StringBuilder();
            while (rows.next()) {
                plan.append(rows.getString(1)).append('\n');
            }
            return plan.toString();
        } catch (SQLException ex) {
            throw new IllegalStateException(ex);
        }
    }

    /** How many pages the statement reads. */
    private long pages(String sql) {
        Matcher buffers = BUFFERS.matcher(plan(sql));
        assertThat(buffers.find()).isTrue();
        return LongStream.of(2, 4)
                .map(group -> buffers.group((int) group) == null ? 0 : Long.parseLong(buffers.group((int) group)))
                .sum();
    }
}
