package io.pgjobq.sample.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the server and its data when the processes that use it end in all the ways there are. */
@Timeout(180)
class EmbeddedDatabaseIntegrationTests {

    @TempDir
    Path home;

    @Test
    void dataSurvivesARestartAndThePortStaysTheSame() throws Exception {
        int port;
        try (EmbeddedDatabase database = EmbeddedDatabase.open(home)) {
            port = database.port();
            execute(port, "create table kept as select 42 as answer");
            assertThat(query(port, "show fsync")).isEqualTo("on");
            assertThat(query(port, "show synchronous_commit")).isEqualTo("on");
        }
        assertThat(isUp(port)).isFalse();

        try (EmbeddedDatabase database = EmbeddedDatabase.open(home)) {
            assertThat(database.port()).isEqualTo(port);
            assertThat(query(port, "select answer from kept")).isEqualTo("42");
        }
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void serverEndsWithAProcessThatIsKilled() throws Exception {
        DatabaseProcess process = DatabaseProcess.start(home);
        execute(process.port(), "create table kept as select 42 as answer");

        process.kill();

        awaitDown(process.port());
        try (EmbeddedDatabase database = EmbeddedDatabase.open(home)) {
            assertThat(query(database.port(), "select answer from kept")).isEqualTo("42");
        }
    }

    @Test
    void serverThatAKilledProcessLeftBehindDoesNotBlockTheNextStart() throws Exception {
        DatabaseProcess process = DatabaseProcess.start(home);
        execute(process.port(), "create table kept as select 42 as answer");
        process.children().forEach(ProcessHandle::destroyForcibly); // the watchdog is not to help
        process.kill();
        assertThat(isUp(process.port())).isTrue();

        try (EmbeddedDatabase database = EmbeddedDatabase.open(home)) {
            assertThat(query(database.port(), "select answer from kept")).isEqualTo("42");
        }
        awaitDown(process.port());
    }

    @Test
    void secondCopySharesTheServerAndLeavesItRunning() throws Exception {
        try (DatabaseProcess first = DatabaseProcess.start(home)) {
            try (EmbeddedDatabase second = EmbeddedDatabase.open(home)) {
                assertThat(second.port()).isEqualTo(first.port());
                execute(second.port(), "create table shared as select 42 as answer");
            }
            assertThat(query(first.port(), "select answer from shared")).isEqualTo("42");
        }
    }

    @Test
    void secondCopyRunsTheServerOnTheSamePortWhenTheFirstIsGone() throws Exception {
        DatabaseProcess first = DatabaseProcess.start(home);
        try (EmbeddedDatabase second = EmbeddedDatabase.open(home)) {
            execute(second.port(), "create table kept as select 42 as answer");
            String startedBefore = query(second.port(), "select pg_postmaster_start_time()");

            first.kill();

            await().atMost(Duration.ofSeconds(60))
                    .ignoreExceptionsInstanceOf(SQLException.class)
                    .until(() -> !query(second.port(), "select pg_postmaster_start_time()")
                            .equals(startedBefore));
            assertThat(query(second.port(), "select answer from kept")).isEqualTo("42");
        }
        awaitDown(first.port());
    }

    private static void awaitDown(int port) {
        await().atMost(Duration.ofSeconds(30)).until(() -> !isUp(port));
    }

    private static boolean isUp(int port) {
        try {
            execute(port, "select 1");
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    private static void execute(int port, String sql) throws SQLException {
        try (Connection connection = connect(port);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String query(int port, String sql) throws SQLException {
        try (Connection connection = connect(port);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    private static Connection connect(int port) throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://localhost:" + port + "/postgres", "postgres", "");
    }
}
