package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.ListenConnectionFactory;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.AlsoWithoutListening;
import io.pgjobq.test.LogLines;
import io.pgjobq.test.PgBouncer;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Nodes whose listening connection hears nothing. */
@PostgresTest
@AlsoThroughPgBouncer
@AlsoWithoutListening
class SelfTestIntegrationTests {

    private static final String LOCKS =
            "select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where"
                    + " datname = current_database())";

    private final BlockingQueue<Integer> run = new LinkedBlockingQueue<>();
    private TestDatabase database;
    private String queue = "";

    @BeforeEach
    void nameQueue(TestInfo test) {
        queue = test.getTestMethod().orElseThrow().getName();
    }

    @Test
    void behindATransactionPoolerItPollsSaysSoOnceAndLeavesNoSessionLockBehind() throws Exception {
        assumeThat(PgBouncer.isInstalled())
                .as("PgBouncer is installed (Debian: apt-get install pgbouncer)")
                .isTrue();
        try (PgBouncer pooler = PgBouncer.before(database)) {
            String url = pooler.jdbcUrl(database);
            pollsOnly(() -> DriverManager.getConnection(url, database.username(), database.password()));
        }
    }

    @Test
    void onAnotherDatabaseItPollsSaysSoOnceAndTouchesNothingThere() throws Exception {
        String url = database.directUrl().replace(database.name(), "postgres");
        pollsOnly(() -> DriverManager.getConnection(url, database.username(), database.password()));
    }

    /** Runs a node that hears nothing, beside one that hears. */
    private void pollsOnly(ListenConnectionFactory connections) throws Exception {
        List<Connection> opened = new CopyOnWriteArrayList<>();
        ListenConnectionFactory deaf = () -> {
            Connection connection = connections.open();
            opened.add(connection);
            return connection;
        };
        try (LogLines log = LogLines.capture();
                TestNode sender = TestNode.polling(database.dataSource()).start()) {
            try (TestNode node = TestNode.on(database.dataSource(), deaf, TestNode.options(Duration.ofMillis(300)))) {
                node.handle(queue, Integer.class, (number, context) -> run.add(number));
                node.start();
                long locks = locks();
                await().until(() -> !log.with("polls only").isEmpty());
                await().until(() -> opened.get(0).isClosed());
                for (int i = 0; i < 5; i++) {
                    sender.sender().send(queue, i);
                    assertThat(run.poll(10, TimeUnit.SECONDS)).as("by polling").isEqualTo(i);
                }
                assertThat(log.with("polls only"))
                        .singleElement()
                        .asString()
                        .startsWith("WARN node ")
                        .contains("pgjobq.notify.url", "300 s");
                assertThat(opened)
                        .as("no connection is kept, none is opened anew")
                        .hasSize(1);
                assertThat(locks()).isLessThanOrEqualTo(locks).isZero();
                assertThat(database.queryOne("select count(*) from pgjobq.node where not session_lock", Integer.class))
                        .isEqualTo(2);
            }
            assertThat(log.with("listening for notifications")).isEmpty();
            assertThat(locks()).isZero();
            assertThat(database.queryOne("select count(*) from pgjobq.node", Integer.class))
                    .isEqualTo(1);
        }
    }

    @Test
    void whereNotificationsArriveItListensAndHoldsTheLockOfItsNode() throws Exception {
        try (LogLines log = LogLines.capture();
                TestNode node =
                        TestNode.on(database.dataSource(), database::open, TestNode.options(Duration.ofMinutes(10)))) {
            node.handle(queue, Integer.class, (number, context) -> run.add(number));
            node.start();
            await().until(() -> locks() == 1);
            for (int i = 0; i < 5; i++) {
                database.execute("select pgjobq.send('" + queue + "', '" + i + "')");
                assertThat(run.poll(5, TimeUnit.SECONDS)).isEqualTo(i);
            }
            assertThat(log.with("polls only")).isEmpty();
        }
        await().until(() -> locks() == 0);
    }

    private long locks() {
        Long count = database.queryOne(LOCKS, Long.class);
        return count == null ? -1 : count;
    }
}
