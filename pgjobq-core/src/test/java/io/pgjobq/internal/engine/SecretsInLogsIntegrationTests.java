package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import io.pgjobq.HistoryRetention;
import io.pgjobq.JobOutcome;
import io.pgjobq.NonRetryableJobException;
import io.pgjobq.SentJob;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Everything that anybody logs at INFO or above, stack traces too, while jobs succeed and fail in all ways. */
@PostgresTest
class SecretsInLogsIntegrationTests {

    private static final String SECRET = "s3cr3t-of-ada";

    private final Logger root = (Logger) LoggerFactory.getLogger("ROOT");
    private final Level before = root.getLevel();
    private final Logger attempts = (Logger) LoggerFactory.getLogger("io.pgjobq.internal.worker.JobRunner");
    private final Level attemptsBefore = attempts.getLevel();
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event.getLevel() + " " + event.getFormattedMessage() + trace(event));
        }
    };

    record Strict(
            @Nullable Integer number,
            @Nullable Instant at,
            @Nullable String text) {}

    record Refused(String text) {}

    @BeforeEach
    void capture() {
        root.setLevel(Level.INFO);
        attempts.setLevel(Level.INFO);
        appender.start();
        root.addAppender(appender);
    }

    @AfterEach
    void release() {
        root.detachAppender(appender);
        root.setLevel(before);
        attempts.setLevel(attemptsBefore);
    }

    @Test
    void payloadsAndResultsAreInNone(TestDatabase database) throws Exception {
        try (TestNode node = TestNode.listening(database)) {
            node.handle(
                    "secrets",
                    TestNode.worker(2, 2, HistoryRetention.DEFAULT),
                    TestNode.handler(Strict.class, (strict, job) -> {
                        if ("fail".equals(job.attributes().get("how"))) {
                            throw new IllegalStateException("failed");
                        }
                        return strict;
                    }),
                    TestNode.handler(Refused.class, (refused, job) -> {
                        throw new NonRetryableJobException("refused");
                    }));
            node.start();

            Strict secret = new Strict(1, null, SECRET);
            assertThat(end(node.sender().to("secrets").send(secret, Strict.class)))
                    .isInstanceOf(JobOutcome.Succeeded.class);
            assertThat(end(node.sender().to("secrets").attribute("how", "fail").send(secret, Strict.class)))
                    .isInstanceOf(JobOutcome.Dead.class);
            for (String json : List.of(
                    "{\"number\": \"" + SECRET + "\"}",
                    "{\"at\": \"" + SECRET + "\"}",
                    "{\"" + SECRET + "\": {",
                    SECRET,
                    "[\"" + SECRET + "\"]")) {
                assertThat(end(node.sender()
                                .to("secrets")
                                .type("Strict")
                                .send(json.getBytes(StandardCharsets.UTF_8), Void.class)))
                        .isInstanceOf(JobOutcome.Dead.class);
            }
            SentJob<Integer> wrong = node.sender().to("secrets").send(secret, Integer.class);
            assertThat(catchThrowable(() -> end(wrong)))
                    .isNotNull()
                    .satisfies(ex -> assertThat(trace(ex)).doesNotContain(SECRET));

            database.execute("alter table pgjobq.finished_job add constraint refused check (type <> 'Refused')");
            node.sender().to("secrets").attribute("who", SECRET).send(new Refused(SECRET));
            await().until(() -> lines.stream().anyMatch(line -> line.contains("how it ended can't be stored")));
        }
        assertNoSecret();
        assertThat(lines)
                .anyMatch(line -> line.contains("can't be read as " + Strict.class.getName()
                        + ": InvalidFormatException for Integer at line 1, column "));
        assertThat(lines).anyMatch(line -> line.contains("violates check constraint \"refused\""));
    }

    @Test
    void passwordsAreInNone(TestDatabase database) {
        for (String url : List.of(
                "jdbc:postgresql://localhost:1/x?user=ada&password=" + SECRET,
                "jdbc:postgresql://localhost:notaport/x?password=" + SECRET + "&user=ada",
                "jdbc:unknown://localhost/x?password=" + SECRET)) {
            try (TestNode node = TestNode.on(
                            database.dataSource(),
                            () -> DriverManager.getConnection(url),
                            TestNode.options(Duration.ofMillis(100)))
                    .start()) {
                assertThat(node.pgJobQ().isRunning()).isTrue();
                await().atMost(Duration.ofSeconds(10))
                        .until(() -> lines.stream().anyMatch(line -> line.contains("listening for notifications")));
            }
            assertNoSecret();
        }
    }

    private void assertNoSecret() {
        byte[] bytes = SECRET.getBytes(StandardCharsets.UTF_8);
        assertThat(lines)
                .isNotEmpty()
                .noneMatch(line -> line.contains(SECRET)
                        || line.contains(HexFormat.of().formatHex(bytes))
                        || line.contains(Base64.getEncoder().encodeToString(bytes)));
    }

    private static <R> JobOutcome<R> end(SentJob<R> job) throws Exception {
        return job.completion().get(20, TimeUnit.SECONDS);
    }

    private static String trace(ILoggingEvent event) {
        return event.getThrowableProxy() instanceof ThrowableProxy proxy ? trace(proxy.getThrowable()) : "";
    }

    private static String trace(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
