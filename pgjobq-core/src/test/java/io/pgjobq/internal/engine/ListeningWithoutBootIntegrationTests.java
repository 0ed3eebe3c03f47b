package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.pgjobq.NodeOptions;
import io.pgjobq.PgJobQ;
import io.pgjobq.WorkerContainer;
import io.pgjobq.test.LogLines;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.AbstractDataSource;

/** Nodes that are built of nothing but a {@code DataSource}, as the README does. */
@PostgresTest
class ListeningWithoutBootIntegrationTests {

    private static final NodeOptions RARELY_POLLING = TestNode.options(Duration.ofMinutes(10));

    @Test
    void aJobOfAnotherNodeIsHeardOf(TestDatabase database) throws Exception {
        BlockingQueue<Integer> seen = new LinkedBlockingQueue<>();
        try (HikariDataSource pool = pool(database);
                PgJobQ working = PgJobQ.builder(pool).options(RARELY_POLLING).build();
                PgJobQ sending = PgJobQ.builder(pool)
                        .options(TestNode.options(Duration.ofMinutes(10)))
                        .build()) {
            WorkerContainer emails = working.container(
                    "emails", List.of(TestNode.handler(Integer.class, (number, context) -> seen.add(number))));
            working.start();
            emails.start();
            sending.start();
            for (int i = 0; i < 20; i++) {
                sending.sender().send("emails", i);
                assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo(i);
            }
        }
    }

    @Test
    void aDataSourceThatDoesNotTellWhereItLeadsIsSaidOnceToBePolled(TestDatabase database) {
        AbstractDataSource silent = new AbstractDataSource() {
            @Override
            public java.sql.Connection getConnection() throws java.sql.SQLException {
                return database.dataSource().getConnection();
            }

            @Override
            public java.sql.Connection getConnection(String user, String password) throws java.sql.SQLException {
                return getConnection();
            }
        };
        try (LogLines log = LogLines.capture();
                PgJobQ node = PgJobQ.builder(silent).options(RARELY_POLLING).build()) {
            node.start();
            assertThat(log.with("polls only")).singleElement().asString().contains("listenConnections");
        }
    }

    @Test
    void whoWantsToPollIsNotWarned(TestDatabase database) {
        try (LogLines log = LogLines.capture();
                PgJobQ node = PgJobQ.builder(database.dataSource())
                        .listenConnections(null)
                        .build()) {
            node.start();
            assertThat(log.with("polls only")).isEmpty();
        }
    }

    private static HikariDataSource pool(TestDatabase database) {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(database.directUrl());
        pool.setUsername(database.username());
        pool.setPassword(database.password());
        return pool;
    }
}
