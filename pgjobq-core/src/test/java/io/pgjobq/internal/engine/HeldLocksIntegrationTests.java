package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.JacksonPayloadConverter;
import io.pgjobq.QueueOptions;
import io.pgjobq.internal.event.JobEvents;
import io.pgjobq.internal.schema.SchemaMigration;
import io.pgjobq.internal.support.ServerClock;
import io.pgjobq.test.LogLines;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A node says who keeps what it needs: by its own upkeep, on a real server, and by a clock of the test. */
@PostgresTest
class HeldLocksIntegrationTests {

    private final TestDatabase database;
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    private final AtomicLong looks = new AtomicLong();
    private final NodeAssembly node;

    HeldLocksIntegrationTests(TestDatabase database) {
        this.database = database;
        new SchemaMigration(database.dataSource(), "pgjobq").migrate();
        node = new NodeAssembly(
                database.dataSource(),
                TestNode.options(Duration.ofMillis(20)),
                new JacksonPayloadConverter(),
                null,
                true,
                container -> 0,
                name -> false,
                JobEvents.NONE,
                new ServerClock(now::get),
                () -> {
                    looks.incrementAndGet();
                    return now.get();
                });
    }

    /** What takes the lock, as the shipped code takes it wherever that can be done in a transaction. */
    private enum Lock {
        CLAIMS("claims of queue 'emails'", "select pgjobq.cancel(min(id)) from pgjobq.job"),
        DIRECT_STARTS(
                "direct starts of queue 'emails'",
                "select pg_advisory_xact_lock('pgjobq.queue'::regclass::oid::integer, max(id)) from pgjobq.queue"),
        RESCUE("jobs of dead nodes", "select * from pgjobq.rescue(1)"),
        PROMOTION("delayed jobs and retries", "select * from pgjobq.promote(1, null)"),
        HISTORY("the partitions of history", "select pgjobq.maintain_history()");

        private final String needs;
        private final String taking;

        Lock(String needs, String taking) {
            this.needs = needs;
            this.taking = taking;
        }
    }

    @BeforeEach
    void start() {
        node.queueCreation().create("emails", QueueOptions.DEFAULT, false);
        node.finished().maintain();
        node.node().register();
        node.callers().sender().send("emails", 1);
        node.startBackground();
        awaitLook();
    }

    @AfterEach
    void stop() {
        node.stopBackground();
        node.completions().close();
        node.closeThreads();
    }

    @ParameterizedTest
    @EnumSource
    void whoKeepsALockIsNamed(Lock lock) throws SQLException {
        try (LogLines log = LogLines.capture();
                Connection holder = database.open()) {
            int pid = take(lock, holder);
            pass(LockWatch.EVERY);
            assertThat(log.with("stand still")).isEmpty();
            pass(LockWatch.LONG);

            assertThat(log.with("stand still"))
                    .singleElement()
                    .asString()
                    .startsWith("WARN " + lock.needs + " stand still: session " + pid + " (role '" + database.username()
                            + "', application_name 'hoarder " + lock + "')")
                    .endsWith("end it with pg_terminate_backend(" + pid + ")");
        }
    }

    @Test
    void eachOfThemIsToldOfOnceWhenItIsLateAndOnceWhenItGoesOn() throws SQLException {
        try (LogLines log = LogLines.capture();
                Connection first = database.open();
                Connection second = database.open()) {
            int claims = take(Lock.CLAIMS, first);
            int rescue = take(Lock.RESCUE, second);
            List<String> warnings = List.of(
                    "claims of queue 'emails' stand still: session " + claims,
                    "jobs of dead nodes stand still: session " + rescue);
            for (int i = 0; i < 4; i++) {
                pass(LockWatch.EVERY);
            }
            assertThat(log.with("stand still")).hasSize(2);
            assertThat(warnings).allSatisfy(each -> assertThat(log.with(each)).hasSize(1));

            first.rollback();
            pass(LockWatch.EVERY);
            pass(LockWatch.EVERY);
            assertThat(log.with("go on"))
                    .singleElement()
                    .isEqualTo("INFO claims of queue 'emails' go on: session " + claims + " holds their lock no more");

            take(Lock.CLAIMS, first);
            pass(LockWatch.EVERY);
            pass(LockWatch.EVERY);
            assertThat(log.with(warnings.get(0))).hasSize(2);
            assertThat(log.with(warnings.get(1))).hasSize(1);
        }
    }

    private static int take(Lock lock, Connection holder) throws SQLException {
        holder.setAutoCommit(false);
        try (Statement statement = holder.createStatement()) {
            statement.execute("set application_name = 'hoarder " + lock + "'");
            statement.execute(lock.taking);
            try (ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
        awaitLook();
    }

    /** The first that asks for the time after this may have begun before it; when the third does, the second is over. */
    private void awaitLook() {
        long before = looks.get();
        await().until(() -> looks.get() >= before + 3);
    }
}
