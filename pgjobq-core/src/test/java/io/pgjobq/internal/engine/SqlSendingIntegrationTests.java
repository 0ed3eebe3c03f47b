package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

@PostgresTest
class SqlSendingIntegrationTests {

    record Greeting(String name) {}

    private TestDatabase database;
    private String queue = "";
    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

    @BeforeEach
    void nameQueue(TestInfo test) {
        queue = test.getTestMethod().orElseThrow().getName();
    }

    @Test
    void aJobThatIsSentBySqlWakesANode() throws Exception {
        try (TestNode node = working(TestNode.listening(database))) {
            for (int i = 0; i < 10; i++) {
                send(
                        "send",
                        "'{\"name\": \"Ada %s\"}', 'Greeting', attributes => '{\"tenant\": \"acme ž\"}'".formatted(i));
                assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("Ada " + i + " 5 {tenant=acme ž}");
            }
            send("send", "'{\"name\": \"Bob\"}', priority => 0");
            assertThat(seen.poll(10, TimeUnit.SECONDS)).as("without a type").isEqualTo("Bob 0 {}");
            send("send", "'{\"name\": \"Eve\"}', 'Greeting', '200 milliseconds'");
            assertThat(seen.poll(10, TimeUnit.SECONDS)).as("delayed").isEqualTo("Eve 5 {}");
            assertThat(node.pgJobQ().isRunning()).isTrue();
        }
    }

    @Test
    void aJobThatIsRolledBackInSqlNeverExisted() throws Exception {
        try (TestNode node = working(TestNode.listening(database));
                Connection connection = database.open();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("select pgjobq.send('" + queue + "', '{\"name\": \"Ada\"}')");
            connection.rollback();
            statement.execute("select pgjobq.send('" + queue + "', '{\"name\": \"Bob\"}')");
            connection.commit();
            assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("Bob 5 {}");
            assertThat(node.pgJobQ().queues().describe(queue).ready()).isZero();
        }
    }

    @Test
    void aJobThatIsSentQuietlyIsFoundByThePoll() throws Exception {
        try (TestNode node = working(TestNode.listening(
                        database,
                        d -> d.toBuilder()
                                .pollInterval(Duration.ofMillis(100))
                                .virtualThreads(false)
                                .build()));
                Notifications notifications = Notifications.on(database, "pgjobq_jobs")) {
            for (int i = 0; i < 5; i++) {
                send("send_quietly", "'{\"name\": \"Ada\"}', 'Greeting'");
                assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("Ada 5 {}");
            }
            send("send_quietly", "'{\"name\": \"Eve\"}', 'Greeting', '100 milliseconds'");
            assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("Eve 5 {}");
            assertThat(notifications.now()).noneMatch(word -> word.startsWith("w"));
            assertThat(node.pgJobQ().isRunning()).isTrue();
        }
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        try (TestNode node = working(TestNode.listening(database))) {
            assertThatThrownBy(() -> database.execute("select pgjobq.send('nobody', '1')"))
                    .hasStackTraceContaining("queue 'nobody' does not exist");
            assertThatThrownBy(() -> send("send", "null")).hasStackTraceContaining("payload must not be null");
            assertThatThrownBy(() -> send("send", "'1', attributes => '{\"a\": 1}'"))
                    .hasStackTraceContaining("object of strings");
            assertThatThrownBy(() -> send("send", "'1', priority => 10"))
                    .hasStackTraceContaining("priority must be from 0");
            assertThat(node.pgJobQ().queues().describe(queue).ready()).isZero();
        }
    }

    private TestNode working(TestNode node) {
        node.handle(
                queue,
                Greeting.class,
                (greeting, context) ->
                        seen.add(greeting.name() + " " + context.priority() + " " + context.attributes()));
        return node.start();
    }

    private void send(String function, String arguments) throws SQLException {
        try (Connection connection = database.open();
                Statement statement = connection.createStatement()) {
            statement.execute("select pgjobq." + function + "('" + queue + "', " + arguments + ")");
        }
    }
}
