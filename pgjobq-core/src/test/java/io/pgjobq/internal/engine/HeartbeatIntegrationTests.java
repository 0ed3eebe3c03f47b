package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.NodeOptions;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** A node that only polls, whose heartbeat must hang on nothing: it would be declared dead, and its jobs started twice. */
@PostgresTest
class HeartbeatIntegrationTests {

    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final TestDatabase database;

    HeartbeatIntegrationTests(TestDatabase database) {
        this.database = database;
    }

    @AfterEach
    void forget() {
        database.execute("drop schema if exists pgjobq cascade");
    }

    @Test
    void goesOnWhileUpkeepTakesLong() {
        polling(database.dataSource()).close();
        database.execute("""
                create or replace function pgjobq.purge_queues(p_limit integer, out awaited bigint[], out more boolean)
                language plpgsql as $$ begin
                    perform pg_advisory_lock_shared(77);
                    perform pg_advisory_unlock_shared(77);
                    more := false;
                end $$""");
        try (Connection blocker = database.open()) {
            blocker.createStatement().execute("select pg_advisory_lock(77)");
            try (TestNode node = polling(database.dataSource())) {
                await().until(this::upkeepWaits);
                beatsForLongerThanTheTimeout(node);
                assertThat(upkeepWaits()).isTrue();
                blocker.createStatement().execute("select pg_advisory_unlock(77)");
            }
        } catch (SQLException ex) {
            throw new IllegalStateException(ex);
        }
    }

    @Test
    void goesOnWhileThePoolIsEmpty() {
        Pool pool = new Pool(database.pool(5));
        try (TestNode node = polling(pool)) {
            await().until(this::hasBeaten);
            pool.empty = true;
            await().until(() -> pool.refused.get() > 0);
            beatsForLongerThanTheTimeout(node);
            pool.empty = false;
        }
    }

    @Test
    void isSentOnAnotherConnectionWhenThatIsLost() {
        try (TestNode node = polling(database.pool(5))) {
            await().until(this::hasBeaten);
            for (int i = 0; i < 3; i++) {
                database.execute(
                        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
                                + " and query like '%set heartbeat_at%' and pid <> pg_backend_pid()");
                beatsForLongerThanTheTimeout(node);
            }
        }
    }

    private static TestNode polling(DataSource pool) {
        NodeOptions o = TestNode.options(Duration.ofMillis(50));
        return TestNode.on(pool, null, o.toBuilder().timeout(TIMEOUT).build()).start();
    }

    private boolean hasBeaten() {
        return count("heartbeat_at > started_at + interval '0.1 s'") == 1;
    }

    private void beatsForLongerThanTheTimeout(TestNode node) {
        assertThat(node.pgJobQ().isRunning()).isTrue();
        String now = Objects.requireNonNull(database.queryOne("select clock_timestamp()::text", String.class));
        await().until(() -> {
            assertThat(count("heartbeat_at > clock_timestamp() - silence_allowed"))
                    .isEqualTo(1);
            return count("heartbeat_at > '" + now + "'::timestamptz + interval '3 s'") == 1;
        });
    }

    private boolean upkeepWaits() {
        return Boolean.TRUE.equals(database.queryOne(
                "select exists (select from pg_locks where locktype = 'advisory' and objid = 77 and not granted)",
                Boolean.class));
    }

    private long count(String condition) {
        return Objects.requireNonNull(
                database.queryOne("select count(*) from pgjobq.node where " + condition, Long.class));
    }

    /** Can be emptied, as by others that hold all connections. */
    private static final class Pool extends DelegatingDataSource {

        private final AtomicInteger refused = new AtomicInteger();
        private volatile boolean empty;

        Pool(DataSource pool) {
            super(pool);
        }

        @Override
        public Connection getConnection() throws SQLException {
            if (empty) {
                refused.incrementAndGet();
                throw new SQLTransientConnectionException("no connection is free");
            }
            return super.getConnection();
        }
    }
}
