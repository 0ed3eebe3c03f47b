package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** However many jobs there are, and however few are asked for, a page reads no more rows than it may. */
@PostgresTest
class ListBoundsContractIntegrationTests {

    private static final Logger LOG = LoggerFactory.getLogger(ListBoundsContractIntegrationTests.class);

    private static final int JOBS = 100_000;
    private static final int LOOKS = 10_000;

    private static final String STATES = "'{scheduled,retrying,ready,running}'";

    private final TestDatabase server;
    private final TestStore store;

    ListBoundsContractIntegrationTests(TestDatabase server) {
        this.server = server;
        store = TestStore.emptyOn(server);
    }

    private void fill(String place) {
        server.execute("insert into pgjobq.job (id, queue_id, payload, lane, seq) select n, " + store.queue()
                + ", '{}', " + place + " from (select nextval('pgjobq.job_seq') as n from generate_series(1, " + JOBS
                + ")) s");
        server.execute("vacuum (analyze) pgjobq.job");
    }

    @Test
    void whereNothingIsMeantInALongLine() throws SQLException {
        fill("n % 2 + 4, n");

        for (boolean newest : new boolean[] {true, false}) {
            assertThat(read(unfinished(STATES, newest))).isBetween(LOOKS - 10L, LOOKS + 10L);
            assertThat(read(unfinished("'{running}'", newest))).isZero();
            assertThat(read(byId(newest))).isBetween(LOOKS - 10L, LOOKS + 10L);
        }
    }

    @Test
    void whereAllWaitForTheSameMoment() throws SQLException {
        fill("11, 4000000000000000");

        for (boolean newest : new boolean[] {true, false}) {
            // One look that finds that they are too many, and one along the primary key.
            assertThat(read(unfinished(STATES, newest))).isBetween(LOOKS - 10L, 2 * LOOKS + 10L);
        }
        assertThat(read(unfinished("'{ready}'", true))).isZero();
    }

    @Test
    void whereAllAreMeantAFewPagesAreReadForOne() throws SQLException {
        fill("n % 2 + 4, n");

        for (boolean newest : new boolean[] {true, false}) {
            assertThat(read(unfinished(STATES, newest).replace("'none such'", "null")))
                    .isBetween(50L, 200L);
            assertThat(read(byId(newest).replace("'none such'", "null"))).isBetween(50L, 200L);
        }
    }

    private static String unfinished(String states, boolean newest) {
        return "select count(*) from pgjobq.list_unfinished(null, " + states + ", 'none such', null, null, null, null, "
                + newest + ", 50, " + LOOKS + ", null, null, null, null)";
    }

    private static String byId(boolean newest) {
        return "select count(*) from pgjobq.list_by_id(null, " + STATES + ", 'none such', null, null, null, null, null,"
                + " null, " + newest + ", 50, " + LOOKS + ", null)";
    }

    /** How many rows of the hot table the statement reads, by the server's own count. */
    private long read(String statement) throws SQLException {
        try (Connection connection = server.open();
                Statement run = connection.createStatement()) {
            connection.setAutoCommit(false);
            run.executeQuery(statement).close();
            try (ResultSet rows = run.executeQuery("select seq_tup_read + idx_tup_fetch from pg_stat_xact_all_tables"
                    + " where relid = 'pgjobq.job'::regclass")) {
                rows.next();
                long read = rows.getLong(1);
                LOG.info("{} rows read by {}", read, statement);
                return read;
            } finally {
                connection.rollback();
            }
        }
    }
}
