package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.HistoryRetention;
import io.pgjobq.JobContext;
import io.pgjobq.JobOutcome;
import io.pgjobq.SentJob;
import io.pgjobq.test.AlsoOnOtherJdks;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Whatever a handler does, its job fails with a reason, and the others go on: here on one runner, which must survive. */
@PostgresTest
@AlsoOnOtherJdks
class BadHandlerIntegrationTests {

    private TestDatabase database;
    private String queue = "";

    /** A handler that misbehaves. */
    @FunctionalInterface
    interface Misdeed {

        @Nullable
        Object run(JobContext context) throws Throwable;
    }

    @BeforeEach
    void nameQueue(TestInfo test) {
        queue = test.getTestMethod().orElseThrow().getName();
    }

    @Test
    void whateverIsThrownOrReturnedTheJobDiesWithAReasonAndTheNextOneRuns() throws Exception {
        Map<String, Misdeed> misdeeds = misdeeds();
        List<String> names = List.copyOf(misdeeds.keySet());
        try (TestNode node = TestNode.listening(database)) {
            node.handle(
                    queue,
                    TestNode.worker(1, 2, HistoryRetention.DEFAULT),
                    TestNode.handler(
                            String.class,
                            (name, context) -> name.equals("good")
                                    ? Thread.currentThread().isInterrupted()
                                    : misdeeds.get(name).run(context)));
            node.start();
            for (String name : names) {
                JobOutcome<Void> outcome = end(node.sender().send(queue, name));
                assertThat(outcome).as(name).isInstanceOfSatisfying(JobOutcome.Dead.class, dead -> {
                    assertThat(dead.error().type()).as(name).isNotEmpty();
                    assertThat(dead.error().message()).as(name).hasSizeLessThan(2_010);
                });
                assertThat(end(node.sender().to(queue).send("good", Boolean.class))
                                .resultOrThrow())
                        .as("interrupted after " + name)
                        .isFalse();
            }
            assertThat(TestNode.dead(node.pgJobQ(), queue)).hasSize(names.size());
        }
    }

    @Test
    void aThreadThatIsLeftInterruptedAndAConnectionThatIsLeftDirtyHarmNobody() throws Exception {
        DataSource pool = database.pool(3);
        try (TestNode node = TestNode.on(pool, database::open, TestNode.options(Duration.ofMinutes(10)))) {
            node.handle(
                    queue, TestNode.worker(1, 2, HistoryRetention.DEFAULT), TestNode.handler(Integer.class, (n, c) -> {
                        Thread.currentThread().interrupt();
                        return n;
                    }));
            String dirty = queue + "-dirty";
            node.handle(
                    dirty, TestNode.worker(1, 2, HistoryRetention.DEFAULT), TestNode.handler(Integer.class, (n, c) -> {
                        leaveDirty(pool.getConnection());
                        return n;
                    }));
            node.start();
            for (int i = 0; i < 20; i++) {
                assertThat(end(node.sender().to(queue).send(i, Integer.class)).resultOrThrow())
                        .isEqualTo(i);
                assertThat(end(node.sender().to(dirty).send(i, Integer.class)).resultOrThrow())
                        .isEqualTo(i);
            }
        }
    }

    @Test
    void handlersThatBlockForEverTakeTheirOwnPlaceOnly() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (TestNode node = TestNode.listening(database)) {
            node.handle(
                    queue, TestNode.worker(3, 2, HistoryRetention.DEFAULT), TestNode.handler(Integer.class, (n, c) -> {
                        while (n < 2 && over.getCount() > 0) {
                            try {
                                over.await();
                            } catch (InterruptedException ex) {
                                // Stubborn.
                                continue;
                            }
                        }
                        return n;
                    }));
            node.start();
            List<SentJob<Void>> blocking = node.sender().sendAll(queue, List.of(0, 1));
            List<SentJob<Void>> others =
                    node.sender().sendAll(queue, IntStream.range(2, 500).boxed().toList());
            for (SentJob<Void> other : others) {
                end(other);
            }
            assertThat(node.pgJobQ().queues().describe(queue).running()).isEqualTo(2);
            over.countDown();
            for (SentJob<Void> job : blocking) {
                assertThat(end(job)).isInstanceOf(JobOutcome.Succeeded.class);
            }
            await().until(() -> node.pgJobQ().queues().describe(queue).running() == 0);
        }
    }

    private static void leaveDirty(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        connection.setReadOnly(true);
        connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        try (Statement statement = connection.createStatement()) {
            statement.execute("set local lock_timeout = '1h'");
            statement.execute("select 1 from pgjobq.job limit 1");
        }
        connection.close();
    }

    private static Map<String, Misdeed> misdeeds() {
        Map<String, Misdeed> misdeeds = new LinkedHashMap<>();
        misdeeds.put("error", c -> thrown(new Error("plain")));
        misdeeds.put("stack overflow", c -> endless(0));
        misdeeds.put("no memory", c -> new long[Integer.MAX_VALUE][Integer.MAX_VALUE]);
        misdeeds.put("no memory, by hand", c -> thrown(new OutOfMemoryError()));
        misdeeds.put("thread death", c -> thrown(new Death()));
        misdeeds.put("null message", c -> thrown(new IOException((String) null)));
        misdeeds.put("huge message", c -> thrown(new IOException("x".repeat(5_000_000))));
        misdeeds.put("unstorable message", c -> thrown(new IOException("\0 \ud83d")));
        misdeeds.put("cyclic cause", c -> thrown(cyclic()));
        misdeeds.put("long chain of causes", c -> thrown(chain(5_000)));
        misdeeds.put("getMessage throws", c -> thrown(new Hostile(true, false)));
        misdeeds.put("getCause throws", c -> thrown(new Hostile(false, true)));
        misdeeds.put("everything throws", c -> thrown(new Hostile(true, true)));
        misdeeds.put("interrupted", c -> thrown(new InterruptedException()));
        misdeeds.put("unwritable", c -> new Object() {
            public Object getSelf() {
                return this;
            }
        });
        misdeeds.put("getter throws", c -> new Object() {
            public String getName() {
                throw new AssertionError("no name");
            }
        });
        misdeeds.put("too large", c -> new byte[64 * 1024 * 1024 + 1]);
        return misdeeds;
    }

    private static Object thrown(Throwable throwable) throws Throwable {
        throw throwable;
    }

    private static int endless(int depth) {
        return endless(depth + 1) + 1;
    }

    private static Exception cyclic() {
        Exception first = new Exception("first");
        first.initCause(new Exception("second", first));
        return first;
    }

    private static Exception chain(int length) {
        Exception exception = new Exception("root");
        for (int i = 0; i < length; i++) {
            exception = new Exception("link " + i, exception);
        }
        return exception;
    }

    private static <R> JobOutcome<R> end(SentJob<R> sent) throws Exception {
        return sent.completion().get(30, TimeUnit.SECONDS);
    }

    @SuppressWarnings("serial")
    private static final class Death extends Error {}

    @SuppressWarnings("serial")
    private static final class Hostile extends RuntimeException {

        private final boolean message;
        private final boolean cause;

        Hostile(boolean message, boolean cause) {
            this.message = message;
            this.cause = cause;
        }

        @Override
        public String getMessage() {
            if (message) {
                throw new StackOverflowError("no message");
            }
            return "hostile";
        }

        @Override
        public Throwable getCause() {
            if (cause) {
                throw new UnsupportedOperationException("no cause");
            }
            return null;
        }

        @Override
        public String toString() {
            throw new IllegalStateException("no text");
        }
    }
}
