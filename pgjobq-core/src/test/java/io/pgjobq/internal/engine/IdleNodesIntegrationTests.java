package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.NodeOptions;
import io.pgjobq.test.NotThroughPgBouncer;
import io.pgjobq.test.PgBouncerMode;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import io.pgjobq.test.TestOptions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What nodes that have nothing to do ask of the server. */
@PostgresTest
class IdleNodesIntegrationTests {

    private static final int NODES = 10;

    /** How many of each node show that the start is over, and that the server knows of all that happened then. */
    private static final int FIRST_HEARTBEATS = 12;

    /** How many of each node pass at least before what was asked is counted. */
    private static final int HEARTBEATS = 22;

    private static final Logger LOG = LoggerFactory.getLogger(IdleNodesIntegrationTests.class);

    private TestDatabase database;

    /**
     * What the server has counted so far.
     *
     * @param writes transactions that wrote
     */
    private record Count(double seconds, long statements, long heartbeats, long looks, long writes) {

        boolean covers(long leastLooks, long leastHeartbeats) {
            return looks >= leastLooks && heartbeats >= leastHeartbeats;
        }

        Count since(Count before) {
            return new Count(
                    seconds - before.seconds,
                    statements - before.statements,
                    heartbeats - before.heartbeats,
                    looks - before.looks,
                    writes - before.writes);
        }
    }

    @Test
    @NotThroughPgBouncer(
            value = {PgBouncerMode.LISTEN_DIRECT, PgBouncerMode.POLL_ONLY},
            because = "nodes that only poll ask more, and PgBouncer asks on its own behalf")
    void idleNodesAskForOneThingASecondAtMost() throws Exception {
        String preloaded = database.queryOne("show shared_preload_libraries", String.class);
        assumeThat(preloaded)
                .as("statements are counted by a server with shared_preload_libraries = 'pg_stat_statements'")
                .contains("pg_stat_statements");
        database.execute("create extension pg_stat_statements");
        List<TestNode> nodes = new ArrayList<>();
        try (Connection observer = database.open()) {
            for (int i = 0; i < NODES; i++) {
                nodes.add(start());
            }
            // The first look at the start, the second since nothing is known to rest before; later ones every 30
            // seconds.
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> count(observer).covers(2 * NODES, NODES * FIRST_HEARTBEATS));
            Count before = count(observer);
            await().atMost(Duration.ofMinutes(2))
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> count(observer).since(before).covers(NODES, NODES * HEARTBEATS));
            Count asked = count(observer).since(before);

            LOG.info("{} idle nodes: {}: {}", NODES, asked, statements(observer));
            double most = NODES * asked.seconds();
            assertThat((double) asked.statements()).isLessThanOrEqualTo(most);
            assertThat((double) asked.writes()).isLessThanOrEqualTo(most);
        } finally {
            nodes.forEach(TestNode::close);
        }
    }

    @Test
    @NotThroughPgBouncer(value = PgBouncerMode.POLL_ONLY, because = "nodes that only poll look at each poll")
    void whatNobodyAnnouncedStartsAtAnIdleNodesNextHeartbeat() throws Exception {
        Duration poll = Duration.ofSeconds(4);
        CountDownLatch ran = new CountDownLatch(1);
        try (TestNode node = TestNode.listening(
                database,
                d -> d.toBuilder()
                        .timeout(Duration.ofSeconds(2))
                        .pollInterval(poll)
                        .virtualThreads(false)
                        .build())) {
            node.handle("quiet", byte[].class, (payload, job) -> {
                ran.countDown();
                return null;
            });
            node.start();
            // The position of a sequence does not show the first number.
            database.execute("select nextval('pgjobq.job_seq')");
            // The third poll finds that nothing moves.
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> Boolean.TRUE.equals(database.queryOne(
                            "select max(started_at) + interval '9 seconds' < clock_timestamp() from pgjobq.node",
                            Boolean.class)));

            database.execute("select pgjobq.send_quietly('quiet', '1')");
            assertThat(ran.await(poll.toMillis() / 2, TimeUnit.MILLISECONDS)).isTrue();
        }
    }

    private TestNode start() {
        TestNode node = TestNode.on(database.pool(3), database::open, NodeOptions.DEFAULT);
        node.handle("mails", TestOptions.DEFAULT, TestNode.handler(Integer.class, (number, job) -> null));
        node.handle("images", TestOptions.DEFAULT, TestNode.handler(String.class, (text, job) -> null));
        return node.start();
    }

    private static Count count(Connection observer) throws SQLException {
        try (Statement statement = observer.createStatement();
                ResultSet row = statement.executeQuery("""
                        select extract(epoch from clock_timestamp()), sum(s.calls),
                            sum(s.calls) filter (where s.query like 'update pgjobq.node%'),
                            sum(s.calls) filter (where s.query like '%pgjobq.sweep(%'),
                            pg_snapshot_xmax(pg_current_snapshot())::text::bigint
                        from pg_stat_statements s
                        where s.dbid = (select oid from pg_database where datname = current_database())
                            and s.query not like '%pg_stat_statements%'""")) {
            row.next();
            return new Count(row.getDouble(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5));
        }
    }

    private static List<String> statements(Connection observer) throws SQLException {
        List<String> lines = new ArrayList<>();
        try (Statement statement = observer.createStatement();
                ResultSet rows = statement.executeQuery("""
                        select calls || ' x ' || left(regexp_replace(query, '\s+', ' ', 'g'), 70) from pg_stat_statements
                        where dbid = (select oid from pg_database where datname = current_database())
                        order by calls desc limit 12""")) {
            while (rows.next()) {
                lines.add(rows.getString(1));
            }
        }
        return lines;
    }
}
