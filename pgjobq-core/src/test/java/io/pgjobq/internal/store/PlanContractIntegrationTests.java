package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whatever the tables hold, and whatever the planner believes that they hold, what nodes do again and again is done along
 * indexes and touches few pages.
 */
@PostgresTest
class PlanContractIntegrationTests {

    private static final Logger LOG = LoggerFactory.getLogger(PlanContractIntegrationTests.class);

    private static final long MOST_PAGES = 120;

    /** Where a whole batch is written, or each of 5,000 running jobs is looked at, or counting goes on to its limit. */
    private static final Map<String, Long> MORE_PAGES = Map.ofEntries(
            Map.entry("send_all", 1_000L),
            Map.entry("settle_succeeded", 1_200L),
            Map.entry("complete_all", 1_200L),
            Map.entry("settle_succeeded without history", 500L),
            Map.entry("outcomes", 1_000L),
            Map.entry("claim beyond limits", 1_500L),
            Map.entry("claim of keys", 1_500L),
            Map.entry("claim behind keys", 1_000L),
            Map.entry("give_up_keys", 500L),
            Map.entry("sweep_holds", 800L),
            Map.entry("unknown_types", 400L),
            Map.entry("release", 200L),
            Map.entry("record_progress", 1_500L),
            Map.entry("sweep_progress", 1_000L),
            Map.entry("rescue", 1_500L),
            Map.entry("cancel_some", 600L),
            Map.entry("list_unfinished running", 500L),
            Map.entry("list_unfinished running newest first", 500L),
            Map.entry("move_some", 800L),
            Map.entry("promote", 200L),
            Map.entry("sweep", 500L),
            Map.entry("describe_queue", 20_000L));

    private final TestDatabase server;

    PlanContractIntegrationTests(TestDatabase server) {
        this.server = server;
    }

    @ParameterizedTest
    @EnumSource
    void hotStatementsTouchFewPagesAlongIndexes(Tables tables) throws SQLException {
        server.execute("drop schema if exists pgjobq cascade");
        TestStore.emptyOn(server);
        Tables.letAlone(server);
        try (ExplainedConnection connection = ExplainedConnection.openOn(server)) {
            TestStore store = TestStore.on(server, connection, "pgjobq");
            tables.prepare(store, connection);
            // The first call of a function in a session reads the catalogue.
            HotStatements.run(store, connection);

            Map<String, List<Plan>> plans = HotStatements.run(store, connection);

            Map<String, Long> pages = HotStatements.pages(plans);
            LOG.info("pages touched, tables {}: {}", tables, pages);
            assertThat(plans).allSatisfy(PlanContractIntegrationTests::assertUsesIndexes);
            assertThat(pages)
                    .allSatisfy((statement, touched) -> assertThat(touched)
                            .as(statement)
                            .isBetween(1L, MORE_PAGES.getOrDefault(statement, MOST_PAGES)));
        }
    }

    /** The look for unknown queues hops along an index from its beginning. */
    private static void assertUsesIndexes(String statement, List<Plan> plans) {
        assertThat(plans)
                .flatExtracting(Plan::scans)
                .filteredOn(scan -> scan.table().equals("job") && !statement.equals("unknown_queues"))
                .as(statement)
                .allMatch(Plan.Scan::isBounded);
    }
}
