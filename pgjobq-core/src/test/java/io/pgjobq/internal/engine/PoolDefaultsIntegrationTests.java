package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.pgjobq.CancelResult;
import io.pgjobq.SentJob;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.AlsoWithoutListening;
import io.pgjobq.test.NotThroughPgBouncer;
import io.pgjobq.test.PgBouncerMode;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

@PostgresTest
@AlsoThroughPgBouncer
@AlsoWithoutListening
class PoolDefaultsIntegrationTests {

    @ParameterizedTest
    @CsvSource({"false, false", "true, true", "false, true"})
    void whateverThePoolsDefaultsJobsAreSentAndRunAndConnectionsGoBackAsTheyCame(
            boolean autoCommit, boolean readOnly, TestDatabase database) throws Exception {
        sendsAndRuns(autoCommit, "TRANSACTION_READ_COMMITTED", readOnly, database);
    }

    @ParameterizedTest
    @CsvSource({
        "true, TRANSACTION_REPEATABLE_READ, false",
        "true, TRANSACTION_SERIALIZABLE, false",
        "false, TRANSACTION_SERIALIZABLE, true"
    })
    @NotThroughPgBouncer(
            value = {PgBouncerMode.LISTEN_DIRECT, PgBouncerMode.POLL_ONLY},
            because = "a pool sets the isolation of a session, which is somebody else's session then")
    void soItIsWithAnIsolationOfThePool(boolean autoCommit, String isolation, boolean readOnly, TestDatabase database)
            throws Exception {
        sendsAndRuns(autoCommit, isolation, readOnly, database);
    }

    private static void sendsAndRuns(boolean autoCommit, String isolation, boolean readOnly, TestDatabase database)
            throws Exception {
        database.execute("drop schema if exists pgjobq cascade");
        String queue = "q-" + autoCommit + isolation + readOnly;
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(database.jdbcUrl());
        config.setUsername(database.username());
        config.setPassword(database.password());
        config.setMaximumPoolSize(4);
        config.setMinimumIdle(0);
        config.setAutoCommit(autoCommit);
        config.setTransactionIsolation(isolation);
        config.setReadOnly(readOnly);
        try (HikariDataSource pool = new HikariDataSource(config)) {
            Watched watched = new Watched(pool);
            try (TestNode node = TestNode.listening(database, watched, options -> options)) {
                node.handle(queue, Integer.class, (number, context) -> number + 1);
                node.start();
                for (int i = 0; i < 50; i++) {
                    SentJob<Integer> sent = node.sender().to(queue).send(i, Integer.class);
                    assertThat(sent.completion().get(10, TimeUnit.SECONDS).resultOrThrow())
                            .isEqualTo(i + 1);
                }
                var many = node.sender()
                        .sendAll(queue, IntStream.range(0, 11_000).boxed().toList());
                many.get(10_999).completion().get(20, TimeUnit.SECONDS);
                assertThat(node.jobs().cancel(1)).isEqualTo(CancelResult.UNKNOWN);
            }
            assertThat(watched.returned)
                    .containsExactly(autoCommit + " "
                            + Connection.class.getField(isolation).getInt(null) + " " + readOnly);
        }
    }

    /** Remembers in which states connections were given back. */
    private static final class Watched extends DelegatingDataSource {

        private final Set<String> returned = ConcurrentHashMap.newKeySet();

        Watched(HikariDataSource pool) {
            super(pool);
        }

        @Override
        public Connection getConnection() throws SQLException {
            Connection connection = super.getConnection();
            return (Connection) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("close") && !connection.isClosed()) {
                            returned.add(connection.getAutoCommit() + " " + connection.getTransactionIsolation() + " "
                                    + connection.isReadOnly());
                        }
                        try {
                            return method.invoke(connection, arguments);
                        } catch (InvocationTargetException ex) {
                            throw ex.getCause();
                        }
                    });
        }
    }
}
