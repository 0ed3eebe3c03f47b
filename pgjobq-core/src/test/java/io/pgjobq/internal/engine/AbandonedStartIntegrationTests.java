package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.NodeOptions;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** A node that is stopped while its database, which it does not require, keeps it waiting. */
@PostgresTest
class AbandonedStartIntegrationTests {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static TestDatabase database;

    /** Is away at first; then it lets the next wait, whom no interruption helps, and answers after all. */
    private static class LateDatabase extends DelegatingDataSource {

        final CountDownLatch asked = new CountDownLatch(1);
        final CountDownLatch answering = new CountDownLatch(1);
        private final AtomicInteger connections = new AtomicInteger();

        LateDatabase() {
            super(database.dataSource());
        }

        @Override
        public Connection getConnection() throws SQLException {
            if (connections.incrementAndGet() == 1) {
                throw new SQLException("the database is away", "08001");
            }
            asked.countDown();
            await().pollInSameThread().atMost(PATIENCE).until(() -> answering.getCount() == 0);
            return super.getConnection();
        }
    }

    @Test
    void aDatabaseThatAnswersAfterTheStopFindsNobody() throws Exception {
        NodeOptions defaults = NodeOptions.DEFAULT;
        LateDatabase late = new LateDatabase();
        try (TestNode node = TestNode.on(
                late,
                database::open,
                defaults.toBuilder()
                        .databaseRequired(false)
                        .virtualThreads(false)
                        .build())) {
            node.start();
            assertThat(late.asked.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
        late.answering.countDown();
        await().atMost(PATIENCE).until(() -> !threads().contains("pgjobq-start"));
        assertThat(threads()).isEmpty();
        assertThat(database.queryOne("select count(*) from pgjobq.node", Integer.class))
                .isZero();
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("pgjobq-"))
                .toList();
    }
}
