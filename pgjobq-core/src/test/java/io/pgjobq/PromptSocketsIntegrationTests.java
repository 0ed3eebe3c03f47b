package io.pgjobq;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.test.AlsoOnOtherJdks;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

@PostgresTest
@AlsoOnOtherJdks
class PromptSocketsIntegrationTests {

    private static final int TIMES = 50;

    private final TestDatabase database;

    PromptSocketsIntegrationTests(TestDatabase database) {
        this.database = database;
    }

    @Test
    void aNotificationIsHandedOutWithoutAMillisecondsLookForMore() throws SQLException {
        try (Connection connection = open();
                Statement statement = connection.createStatement()) {
            statement.execute("listen prompt");
            PGConnection listening = connection.unwrap(PGConnection.class);
            long shortest = Long.MAX_VALUE;
            for (int i = 0; i < TIMES; i++) {
                statement.execute("notify prompt");
                long start = System.nanoTime();
                PGNotification[] notifications = listening.getNotifications(10_000);
                shortest = Math.min(shortest, System.nanoTime() - start);
                assertThat(notifications).hasSize(1);
            }
            assertThat(Duration.ofNanos(shortest)).isLessThan(Duration.ofMillis(1));
        }
    }

    @Test
    void aWaitIsStillAWait() throws Exception {
        try (Connection connection = open();
                Connection sending = database.open();
                Statement statement = connection.createStatement();
                Statement notify = sending.createStatement()) {
            statement.execute("listen prompt");
            PGConnection listening = connection.unwrap(PGConnection.class);
            assertThat(listening.getNotifications(20)).isNullOrEmpty();
            CompletableFuture<PGNotification[]> heard = CompletableFuture.supplyAsync(() -> await(listening));
            notify.execute("notify prompt, 'late'");
            assertThat(heard.get(10, TimeUnit.SECONDS)).hasSize(1);
            assertThat(statement.executeQuery("select pg_sleep(0.02)").next()).isTrue();
        }
    }

    private static PGNotification[] await(PGConnection listening) {
        try {
            return listening.getNotifications(10_000);
        } catch (SQLException ex) {
            throw new IllegalStateException(ex);
        }
    }

    private Connection open() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", database.username());
        properties.setProperty("password", database.password());
        properties.setProperty("socketFactory", PromptSockets.class.getName());
        return DriverManager.getConnection(database.directUrl(), properties);
    }
}
