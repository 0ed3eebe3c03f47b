package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.pgjobq.internal.database.Database;
import io.pgjobq.internal.schema.SchemaMigration;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.dao.DataAccessException;

/** What becomes of statements that nobody answers. */
@PostgresTest
@Timeout(60)
@AlsoThroughPgBouncer
class UnansweredIntegrationTests {

    private static final Duration LIMIT = Duration.ofSeconds(1);

    private final TestDatabase database;

    UnansweredIntegrationTests(TestDatabase database) {
        this.database = database;
        new SchemaMigration(database.dataSource(), "pgjobq").migrate();
    }

    @Test
    void aStatementThatTakesTooLongDoesNotGoOnOnTheServer() throws SQLException {
        Database limited = new Database(database.dataSource(), "pgjobq").within(LIMIT);
        FinishedJobStore store = new FinishedJobStore(limited);
        try (Connection other = database.open()) {
            other.createStatement().execute("select pg_advisory_lock('pgjobq.job'::regclass::oid::integer, -2)");

            assertThatExceptionOfType(DataAccessException.class).isThrownBy(store::maintain);

            assertThat(database.queryOne(
                            "select count(*) from pg_locks where locktype = 'advisory' and not granted", Long.class))
                    .isZero();
        }
        store.maintain();
    }

    @Test
    void aConnectionOnWhichNothingArrivesAnyMoreIsGivenUp() throws Exception {
        URI server = URI.create(database.jdbcUrl().substring("jdbc:".length()));
        try (HalfOpenNetwork network = new HalfOpenNetwork(server.getHost(), server.getPort());
                HikariDataSource pool = pool(server, network)) {
            LaneStore store = new LaneStore(new Database(pool, "pgjobq").within(LIMIT));
            long position = store.position();
            network.loseConnections();
            long began = System.nanoTime();

            assertThatThrownBy(store::position).isInstanceOf(DataAccessException.class);

            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
            assertThat(store.position()).isEqualTo(position);
        }
    }

    @Test
    void theLimitDoesNotStayWithTheConnection() throws Exception {
        try (HikariDataSource pool = pool(URI.create(database.jdbcUrl().substring("jdbc:".length())), null)) {
            Database callers = new Database(pool, "pgjobq");
            int before = callers.alone(Connection::getNetworkTimeout);

            int during = callers.within(LIMIT).alone(Connection::getNetworkTimeout);

            assertThat(before).isZero();
            assertThat(during).isBetween(1_000, 10_000);
            assertThat(callers.alone(Connection::getNetworkTimeout)).isEqualTo(before);
        }
    }

    private HikariDataSource pool(URI server, @Nullable HalfOpenNetwork network) {
        HikariDataSource pool = new HikariDataSource();
        int port = network == null ? server.getPort() : network.port();
        pool.setJdbcUrl("jdbc:postgresql://" + server.getHost() + ":" + port + server.getPath());
        pool.setUsername(database.username());
        pool.setPassword(database.password());
        pool.setMaximumPoolSize(1);
        return pool;
    }
}
