package io.pgjobq.internal.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.internal.engine.TestNode;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.LogLines;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A later version of the schema, made up of what a minor version may change, arrives while nodes of this one work. */
@PostgresTest
@AlsoThroughPgBouncer
class SchemaUpgradeIntegrationTests {

    private static final String QUEUE = "upgrade";
    private static final int BEFORE = 300;

    private final TestDatabase database;
    private final AtomicInteger sent = new AtomicInteger();
    private final ConcurrentHashMap<Integer, Integer> runs = new ConcurrentHashMap<>();

    SchemaUpgradeIntegrationTests(TestDatabase database) {
        this.database = database;
    }

    @Test
    void nodesOfThisVersionWorkOnWhileTheSchemaIsUpgradedUnderThem() throws Exception {
        AtomicBoolean upgraded = new AtomicBoolean();
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (LogLines log = LogLines.capture();
                TestNode one = node();
                TestNode two = node()) {
            Future<Duration> longest = thread.submit(() -> send(one, upgraded));
            await().until(() -> runs.size() > BEFORE);

            new LiquibaseRun(database.pool(1), "pgjobq", "io/pgjobq/internal/schema/next-version.yaml").update();

            int since = runs.size();
            await().until(() -> runs.size() > since + BEFORE);
            upgraded.set(true);
            assertThat(longest.get()).as("the longest send").isLessThan(Duration.ofSeconds(5));
            await().untilAsserted(() -> assertThat(runs).hasSize(sent.get()));
            try (TestNode late = node()) {
                late.sender().to(QUEUE).send(sent.getAndIncrement());
                await().untilAsserted(() -> assertThat(runs).hasSize(sent.get()));
            }
            assertThat(log.with("cached plan")).isEmpty();
            assertThat(log.with("taking jobs")).isEmpty();
        } finally {
            thread.shutdownNow();
        }
        assertThat(database.queryOne("select pgjobq.version() + pgjobq.next()", Integer.class))
                .isEqualTo(4);
        assertThat(database.queryOne(
                        "select count(*) from pg_proc where pronamespace = 'pgjobq'::regnamespace and prosrc like"
                                + " '%perform 2;%'",
                        Long.class))
                .as("functions that were replaced")
                .isEqualTo(5);
        assertThat(runs.values()).as("runs of each job").containsOnly(1);
        await().untilAsserted(() -> assertThat(database.queryOne("select count(*) from pgjobq.job", Long.class))
                .isZero());
    }

    private Duration send(TestNode node, AtomicBoolean enough) {
        long longest = 0;
        while (!enough.get()) {
            long began = System.nanoTime();
            node.sender()
                    .to(QUEUE)
                    .sendAll(IntStream.range(0, 10)
                            .mapToObj(i -> sent.getAndIncrement())
                            .toList());
            longest = Math.max(longest, System.nanoTime() - began);
        }
        return Duration.ofNanos(longest);
    }

    private TestNode node() {
        TestNode node = TestNode.listening(database);
        node.handle(QUEUE, TestNode.concurrency(4), TestNode.handler(Integer.class, (number, context) -> {
            runs.merge(number, 1, Integer::sum);
            return null;
        }));
        return node.start();
    }
}
