package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.JobOutcome;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each statement of each thread of a node fails three times, with an error and as a database does: all jobs end, none waits. */
@PostgresTest
class FaultInjectionIntegrationTests {

    /** Only a node that listens sends it. */
    private static final String NOTIFICATION = "'off', true), pg_catalog.pg_notify(";

    private static final List<String> STATEMENTS = List.of(
            "pgjobq.claim(",
            "settle_succeeded(",
            "settle_failed(",
            "set heartbeat_at",
            "sweep(",
            "promote(",
            "left join lateral (",
            NOTIFICATION,
            "pgjobq.await(",
            "outcomes(");

    private final TestDatabase database;

    FaultInjectionIntegrationTests(TestDatabase database) {
        this.database = database;
    }

    static Stream<Arguments> faults() {
        List<Arguments> faults = new ArrayList<>();
        for (String statement : STATEMENTS) {
            faults.add(Arguments.of(statement, "error", (Supplier<Throwable>) () -> new OutOfMemoryError("injected")));
            faults.add(
                    Arguments.of(statement, "sql", (Supplier<Throwable>) () -> new SQLException("injected", "08006")));
        }
        return faults.stream();
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("faults")
    void allJobsEnd(String statement, String kind, Supplier<Throwable> failure) throws Exception {
        String queue = "faults";
        FaultyDataSource pool = new FaultyDataSource(database.dataSource(), statement, failure);
        boolean listens = statement.equals(NOTIFICATION);
        try (TestNode node =
                TestNode.on(pool, listens ? database::open : null, TestNode.options(Duration.ofMillis(50)))) {
            node.handle(queue, TestNode.concurrency(4), TestNode.handler(Integer.class, (number, context) -> {
                if (number % 3 == 0 && context.attempt() == 1) {
                    throw new IllegalStateException("the first attempt");
                }
                return number;
            }));
            node.start();
            pool.arm(3);
            List<CompletableFuture<JobOutcome<Integer>>> outcomes = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                outcomes.add(node.sender().to(queue).send(i, Integer.class).completion());
            }
            for (CompletableFuture<JobOutcome<Integer>> outcome : outcomes) {
                assertThat(outcome.get(40, TimeUnit.SECONDS)).isInstanceOf(JobOutcome.Succeeded.class);
            }
            // It has ended, and is looked up.
            long ended = node.sender().to(queue).send(1, Integer.class).id();
            await().until(() ->
                    database.queryOne("select count(*) from pgjobq.finished_job where id = " + ended, Long.class) == 1);
            assertThat(node.pgJobQ()
                            .completions()
                            .completion(ended, Integer.class)
                            .get(40, TimeUnit.SECONDS))
                    .isInstanceOf(JobOutcome.Succeeded.class);
            await().atMost(Duration.ofSeconds(20)).until(pool::hasFailed);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> node.pgJobQ().problems().isEmpty());
            assertThat(node.pgJobQ().isRunning()).isTrue();
        }
        assertThat(database.queryOne("select count(*) from pgjobq.claim", Long.class))
                .as(kind)
                .isZero();
        assertThat(database.queryOne("select count(*) from pgjobq.job", Long.class))
                .isZero();
    }
}
