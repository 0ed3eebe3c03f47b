package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.DeadJob;
import io.pgjobq.HistoryRetention;
import io.pgjobq.JobError;
import io.pgjobq.QueueDescription;
import io.pgjobq.SentJob;
import io.pgjobq.test.AlsoOnOtherJdks;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** A handler that calls {@code System.exit}, in a process of its own that stops its node in an orderly way. */
@PostgresTest
@AlsoOnOtherJdks
class ExitingHandlerIntegrationTests {

    private static final int EXIT_CODE = 3;

    private TestDatabase database;

    @Test
    void aJobThatExitsItsProcessIsChargedAndEndsAmongTheDeadAndItsNeighboursAreNot() throws Exception {
        try (TestNode node = TestNode.listening(database).start()) {
            node.pgJobQ().queues().create("exits");
            SentJob<Void> poison = node.sender().send("exits", "exit");
            List<SentJob<Void>> others = node.sender().sendAll("exits", List.of("a", "b", "c", "d"));

            assertThat(run()).isEqualTo(EXIT_CODE);
            assertThat(attempt(poison.id())).as("charged at the first exit").isEqualTo(1);
            assertThat(run()).isEqualTo(EXIT_CODE);

            DeadJob dead = node.pgJobQ().deadJobs().find(poison.id()).orElseThrow();
            assertThat(dead.errors())
                    .hasSize(2)
                    .extracting(JobError::message)
                    .containsOnly("the handler called System.exit, which stopped its node");
            assertThat(run()).as("nothing is left that exits").isZero();
            for (SentJob<Void> other : others) {
                assertThat(other.completion().get(10, TimeUnit.SECONDS).attempts())
                        .isEqualTo(1);
            }
        }
    }

    private int attempt(long id) {
        Integer attempt = database.queryOne("select attempt from pgjobq.job where id = ?", Integer.class, id);
        return attempt == null ? -1 : attempt;
    }

    /** Runs a node in a process of its own until it exits, or until nothing is left; returns how it ended. */
    private int run() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ExitingHandlerIntegrationTests.class.getName(),
                        database.jdbcUrl(),
                        database.username(),
                        database.password())
                .inheritIO()
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    /** The process. */
    public static void main(String[] arguments) throws Exception {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(arguments[0]);
        dataSource.setUser(arguments[1]);
        dataSource.setPassword(arguments[2]);
        TestNode node = TestNode.on(dataSource, null, TestNode.options(Duration.ofMillis(50)));
        Runtime.getRuntime().addShutdownHook(new Thread(node::close));
        node.handle(
                "exits",
                TestNode.worker(2, 2, HistoryRetention.DEFAULT),
                TestNode.handler(String.class, (what, context) -> {
                    if (what.equals("exit")) {
                        System.exit(EXIT_CODE);
                    }
                    return null;
                }));
        node.start();
        while (isWork(node.pgJobQ().queues().describe("exits"))) {
            Thread.onSpinWait();
        }
        // Waits if the process is exiting already, whose code is the one that counts.
        System.exit(0);
    }

    private static boolean isWork(QueueDescription queue) {
        return queue.ready() + queue.running() + queue.waiting() > 0;
    }
}
