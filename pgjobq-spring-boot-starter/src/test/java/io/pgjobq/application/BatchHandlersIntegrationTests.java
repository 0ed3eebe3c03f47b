package io.pgjobq.application;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.BatchJob;
import io.pgjobq.JobHandler;
import io.pgjobq.JobInterceptor;
import io.pgjobq.JobInvocation;
import io.pgjobq.JobOutcome;
import io.pgjobq.JobSender;
import io.pgjobq.NonRetryableJobException;
import io.pgjobq.SentJob;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;

/** Handlers that take many jobs at once, as an application has them. */
@PostgresTest
class BatchHandlersIntegrationTests {

    private static TestDatabase database;

    record Line(int number) {}

    @BeforeAll
    static void createTable() {
        database.execute("create table imported (number integer, xid bigint default txid_current())");
    }

    @AfterAll
    static void dropTable() {
        database.execute("drop table imported");
    }

    static class Imports {

        private final JdbcTemplate jdbc;

        Imports(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        @Transactional
        @JobHandler(value = "imports", batchSize = 500)
        public void insert(List<BatchJob<Line>> lines) {
            lines.stream()
                    .filter(line -> line.payload().number() < 0)
                    .forEach(line -> line.fail(new NonRetryableJobException("negative")));
            jdbc.batchUpdate(
                    "insert into imported (number) values (?)",
                    lines.stream()
                            .filter(line -> line.payload().number() >= 0)
                            .map(line -> new Object[] {line.payload().number()})
                            .toList());
        }
    }

    static class Counting implements JobInterceptor {

        private final AtomicInteger jobs = new AtomicInteger();

        @Override
        public @Nullable Object intercept(JobInvocation invocation) throws Throwable {
            jobs.addAndGet(((List<?>) invocation.payload()).size());
            return invocation.proceed();
        }
    }

    @Test
    void fiveHundredRowsAreOneTransactionAndOneJobFailsApart() {
        Applications.on(database, "batches")
                .withBean(Imports.class)
                .withBean(Counting.class)
                .withPropertyValues("pgjobq.queues.imports.concurrency=1")
                .run(context -> {
                    List<SentJob<Void>> sent = context.getBean(JobSender.class)
                            .sendAll(
                                    "imports",
                                    IntStream.range(-1, 999).mapToObj(Line::new).toList());
                    JobOutcome<Void> apart = sent.get(0).completion().get(20, TimeUnit.SECONDS);
                    assertThat(apart).isInstanceOf(JobOutcome.Dead.class);
                    for (SentJob<Void> job : sent.subList(1, 1_000)) {
                        assertThat(job.completion().get(20, TimeUnit.SECONDS)).isInstanceOf(JobOutcome.Succeeded.class);
                    }
                    assertThat(database.queryOne("select count(*) from imported", Long.class))
                            .isEqualTo(999);
                    assertThat(database.queryOne("select count(distinct xid) from imported", Long.class))
                            .isEqualTo(2);
                    assertThat(context.getBean(Counting.class).jobs).hasValue(1_000);
                });
    }
}
