package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgjobq.HistoryRetention;
import io.pgjobq.JobOutcome;
import io.pgjobq.JobSender;
import io.pgjobq.PayloadConversionException;
import io.pgjobq.SentJob;
import io.pgjobq.test.AlsoOnOtherJdks;
import io.pgjobq.test.LogLines;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.springframework.jdbc.datasource.DelegatingDataSource;

@PostgresTest
@AlsoOnOtherJdks
class LargePayloadIntegrationTests {

    private static final int MIB = 1024 * 1024;

    private TestDatabase database;
    private String queue = "";

    @BeforeEach
    void nameQueue(TestInfo test) {
        queue = test.getTestMethod().orElseThrow().getName();
    }

    @Test
    void fiftyMebibytesArriveAsTheyWereAndMoreThan64AreRefused() throws Exception {
        byte[] large = new byte[50 * MIB];
        new Random(1).nextBytes(large);
        try (TestNode node = TestNode.listening(database)) {
            node.handle(queue, byte[].class, (payload, context) -> Arrays.equals(payload, large));
            node.start();
            JobSender.Spec spec = node.sender().to(queue);
            assertThat(end(spec.send(large, Boolean.class)).resultOrThrow()).isTrue();
            byte[] tooLarge = new byte[64 * MIB + 1];
            assertThatThrownBy(() -> spec.send(tooLarge))
                    .isInstanceOf(PayloadConversionException.class)
                    .hasMessage(
                            "queue '%s': a payload takes 67108865 bytes; at most 67108864 can be stored: send a"
                                    + " reference to it instead",
                            queue);
            assertThat(database.queryOne("select count(*) from pgjobq.job", Long.class))
                    .isZero();
        }
    }

    @Test
    void aPayloadOfEachSizeAroundTheBoundArrives() throws Exception {
        try (TestNode node = TestNode.listening(database)) {
            node.handle(
                    queue,
                    TestNode.worker(2, 1, HistoryRetention.DEFAULT),
                    TestNode.handler(String.class, (text, context) -> text.length()));
            node.start();
            for (int length : List.of(0, 1, 32_765, 32_766, 32_767, 40_000, 3 * MIB)) {
                SentJob<Integer> sent = node.sender().to(queue).send("x".repeat(length), Integer.class);
                assertThat(end(sent).resultOrThrow()).isEqualTo(length);
            }
        }
    }

    @Test
    void largeResultsOfManyJobsAreRecorded() throws Exception {
        try (TestNode node = TestNode.listening(database)) {
            node.handle(
                    queue,
                    TestNode.worker(8, 1, HistoryRetention.DEFAULT),
                    TestNode.handler(Integer.class, (number, context) -> new byte[6 * MIB]));
            node.start();
            List<SentJob<byte[]>> sent = new ArrayList<>();
            for (int i = 0; i < 24; i++) {
                sent.add(node.sender().to(queue).send(i, byte[].class));
            }
            for (SentJob<byte[]> job : sent) {
                assertThat(end(job)).isInstanceOf(JobOutcome.Succeeded.class);
            }
        }
    }

    @Test
    void aJobWhosePayloadCantBeReadForAWhileIsChargedNothing() throws Exception {
        AtomicInteger refused = new AtomicInteger();
        DataSource shy = new DelegatingDataSource(database.dataSource()) {
            @Override
            public Connection getConnection() throws SQLException {
                if (Thread.currentThread().getName().startsWith("pgjobq-worker") && refused.getAndIncrement() < 3) {
                    throw new SQLException("no connection to be had", "08001");
                }
                return super.getConnection();
            }
        };
        try (LogLines log = LogLines.capture();
                TestNode node = TestNode.on(shy, database::open, TestNode.options(Duration.ofMinutes(10)))) {
            node.handle(
                    queue,
                    TestNode.worker(1, 1, HistoryRetention.DEFAULT),
                    TestNode.handler(String.class, (text, context) -> text.length()));
            node.start();
            // A node that runs what it sends itself has the payload.
            JobOutcome<Integer> outcome =
                    end(node.sender().to(queue).delay(Duration.ofMillis(1)).send("x".repeat(MIB), Integer.class));
            assertThat(outcome.resultOrThrow()).isEqualTo(MIB);
            assertThat(outcome.attempts()).isEqualTo(1);
            assertThat(log.with("can't begin, tried again less and less often")).hasSize(1);
            assertThat(refused).hasValueGreaterThan(3);
        }
    }

    private static <R> JobOutcome<R> end(SentJob<R> sent) throws Exception {
        return sent.completion().get(60, TimeUnit.SECONDS);
    }
}
