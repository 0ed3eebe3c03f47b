package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.zaxxer.hikari.HikariDataSource;
import io.pgjobq.internal.database.Database;
import io.pgjobq.internal.schema.SchemaMigration;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.PgBouncer;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;

@PostgresTest
@AlsoThroughPgBouncer
class PreparedStatementsIntegrationTests {

    /** The driver prepares a statement on the server when it is run for the fifth time. */
    private static final int OFTEN = 50;

    @Test
    void whereAPoolerKeepsNoneTheErrorTellsWhatToSet(TestDatabase database) {
        assumeThat(PgBouncer.isInstalled())
                .as("PgBouncer is installed (Debian: apt-get install pgbouncer)")
                .isTrue();
        new SchemaMigration(database.dataSource(), "pgjobq").migrate();
        try (PgBouncer pooler = PgBouncer.before(database);
                HikariDataSource one = pool(database, pooler);
                HikariDataSource other = pool(database, pooler)) {
            QueueStore queues = new QueueStore(new Database(one, "pgjobq"));
            QueueStore sameQueues = new QueueStore(new Database(other, "pgjobq"));

            assertThatExceptionOfType(DataAccessException.class)
                    .isThrownBy(() -> {
                        for (int i = 0; i < OFTEN; i++) {
                            queues.find("none");
                            sameQueues.find("none");
                        }
                    })
                    .withMessageContaining("add prepareThreshold=0 to its JDBC URL");
        }
    }

    private static HikariDataSource pool(TestDatabase database, PgBouncer pooler) {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(pooler.jdbcUrl(database).replace("prepareThreshold=0", "prepareThreshold=5"));
        pool.setUsername(database.username());
        pool.setPassword(database.password());
        pool.setMaximumPoolSize(1);
        return pool;
    }
}
