package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.database.SqlFiles;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a node asks the tables again and again touches as many pages with a large queue as with a small one. */
@PostgresTest
class LargeQueueIntegrationTests {

    /** Nothing is said of keys. */
    private static final Long[] NO_LINES = {};

    private static final int SMALL = 20_000;
    private static final int LARGE = Integer.getInteger("pgjobq.test.waiting-jobs", 200_000);

    private static final Logger LOG = LoggerFactory.getLogger(LargeQueueIntegrationTests.class);

    private final TestDatabase server;
    private final TestStore store;
    private final SqlFiles sql = new SqlFiles("pgjobq");

    LargeQueueIntegrationTests(TestDatabase server) {
        this.server = server;
        this.store = TestStore.emptyOn(server);
    }

    @Test
    void whatANodeAsksCostsTheSameHoweverManyJobsWait() throws Exception {
        fill(SMALL);
        Map<String, Long> small = costs();
        fill(LARGE - SMALL);
        Map<String, Long> large = costs();

        LOG.info("pages touched with {} jobs: {}", SMALL, small);
        LOG.info("pages touched with {} jobs: {}", LARGE, large);
        assertThat(small)
                .allSatisfy((statement, pages) -> assertThat(large.get(statement))
                        .as(statement)
                        // An index may be a level deeper or two, for each of the ten lanes.
                        .isLessThanOrEqualTo(pages + pages / 2 + 40));
    }

    @Test
    void theFirstThousandsOfALargeQueueAreTakenAndEndedAsOfASmallOne() throws Exception {
        fill(LARGE);
        int node = store.node();
        long from = 0;
        for (int round = 0; round < 20; round++) {
            List<ClaimedJob> jobs =
                    store.jobs().claim(store.requestFrom(node, 100, 5, from)).jobs();
            assertThat(jobs).hasSize(100);
            from = jobs.get(99).seq() + 1;
            assertThat(store.succeed(jobs, jobs.get(0).claim()).settled()).hasSize(100);
        }
        // The rows that have ended are not walked over again.
        assertThat(pages(
                        "claim",
                        store.queue(),
                        node,
                        TestStore.TOKEN,
                        ((long) node << 37) + (1L << 30),
                        100,
                        100,
                        new Short[] {5},
                        new Long[] {from},
                        new Long[] {0L},
                        new Long[] {0L},
                        null,
                        NO_LINES,
                        NO_LINES,
                        NO_LINES))
                .isLessThan(1_500);
    }

    private void fill(int jobs) {
        server.execute(
                "insert into pgjobq.job (id, lane, seq, queue_id, payload) select n, case when n % 10 = 0 then 11 else 5 end,"
                        + " case when n % 10 = 0 then (extract(epoch from clock_timestamp()) + 86400) * 1000000 + n else n end, "
                        + store.queue()
                        + ", '{}' from (select nextval('pgjobq.job_seq') as n from generate_series(1, " + jobs
                        + ")) s");
        server.execute("vacuum (analyze) pgjobq.job");
    }

    private Map<String, Long> costs() throws Exception {
        int node = store.node();
        Long[] start = {0L};
        Map<String, Long> costs = new LinkedHashMap<>();
        for (String statement : List.of("warm-up", "measured")) {
            assertThat(statement).isNotEmpty();
            costs.put(
                    "claim",
                    pages(
                            "claim",
                            store.queue(),
                            node,
                            TestStore.TOKEN,
                            claims(node),
                            100,
                            100,
                            new Short[] {5},
                            start,
                            start,
                            start,
                            null,
                            NO_LINES,
                            NO_LINES,
                            NO_LINES));
            costs.put("sweep", pages("sweep", new Integer[] {store.queue()}, 0L));
            costs.put("sequence_position", pages("sequence_position"));
            costs.put("promote", pages("promote", 1_000, (Object) null));
            costs.put("rescue", pages("rescue", 50));
            costs.put("purge_queues", pages("purge_queues", 1_000));
            costs.put("unknown_types", pages("unknown_types", store.queue(), (short) 5, 0L, new String[] {""}));
            costs.put("describe_queue", pages("describe_queue", TestStore.QUEUE, 10_000));
            server.execute("delete from pgjobq.claim");
            server.execute("vacuum pgjobq.claim");
        }
        return costs;
    }

    private static long claims(int node) {
        return ((long) node << 37) + (System.nanoTime() & 0xFFFFFFF);
    }

    /** The pages that the statement touches, those of the functions that it calls included. */
    private long pages(String statement, @Nullable Object... values) throws Exception {
        try (Connection connection = server.open();
                PreparedStatement explain =
                        connection.prepareStatement("explain (analyze, buffers, format json) " + sql.get(statement))) {
            for (int i = 0; i < values.length; i++) {
                Object value = values[i];
                explain.setObject(
                        i + 1, value instanceof Object[] array ? connection.createArrayOf(type(array), array) : value);
            }
            try (ResultSet rows = explain.executeQuery()) {
                rows.next();
                // The first numbers are those of the whole.
                String plan = rows.getString(1);
                return first(plan, "Shared Hit Blocks") + first(plan, "Shared Read Blocks");
            }
        }
    }

    private static long first(String plan, String name) {
        Matcher matcher = Pattern.compile('"' + name + "\": (\\d+)").matcher(plan);
        assertThat(matcher.find()).as(plan).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    private static String type(Object[] array) {
        return array instanceof Short[]
                ? "int2"
                : array instanceof Long[] ? "int8" : array instanceof Integer[] ? "int4" : "text";
    }
}
