package io.pgjobq.internal.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.pgjobq.SchemaVersionException;
import io.pgjobq.test.AlsoOnOtherJdks;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.datasource.DelegatingDataSource;

@PostgresTest
@AlsoThroughPgBouncer
@AlsoOnOtherJdks
class SchemaMigrationContractIntegrationTests {

    private final TestDatabase server;
    private final String schema =
            "s" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);

    SchemaMigrationContractIntegrationTests(TestDatabase server) {
        this.server = server;
    }

    @Test
    void createsWhatIsMissing() {
        SchemaMigration migration = new SchemaMigration(server.dataSource(), schema);

        migration.migrate();

        migration.check();
        assertThat(server.queryOne("select " + schema + ".version()", Integer.class))
                .isEqualTo(SchemaMigration.VERSION);
    }

    @Test
    void findsNothingToDoTheSecondTimeAndNeedsOneConnectionForThat() {
        new SchemaMigration(server.dataSource(), schema).migrate();
        AtomicInteger opened = new AtomicInteger();

        new SchemaMigration(counting(opened), schema).migrate();

        assertThat(opened).hasValue(1);
    }

    @Test
    void eightNodesMayStartAtOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Void>> starts = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                SchemaMigration migration = new SchemaMigration(server.pool(3), schema);
                starts.add(() -> {
                    migration.migrate();
                    return null;
                });
            }
            for (Future<Void> start : threads.invokeAll(starts)) {
                start.get();
            }
        } finally {
            threads.shutdownNow();
        }
        new SchemaMigration(server.dataSource(), schema).check();
        assertThat(server.queryOne(
                        "select max(c) from (select count(*) as c from " + schema
                                + ".pgjobq_databasechangelog group by id) n",
                        Integer.class))
                .isEqualTo(1);
    }

    @Test
    void twoSchemasInOneDatabaseKnowNothingOfEachOther() {
        String other = schema + "_b";
        new SchemaMigration(server.dataSource(), schema).migrate();
        new SchemaMigration(server.dataSource(), other).migrate();

        server.execute("insert into " + schema + ".queue (name) values ('emails')");
        server.execute("select " + schema + ".send('emails', '1')");

        assertThat(server.queryOne("select count(*) from " + schema + ".job", Integer.class))
                .isEqualTo(1);
        assertThat(server.queryOne("select count(*) from " + other + ".job", Integer.class))
                .isZero();
        assertThat(Catalog.of(server, other)).isEqualTo(Catalog.of(server, schema));
    }

    @Test
    void usesAnEmptySchemaThatSomebodyElseCreated() {
        server.execute("create schema " + schema);

        new SchemaMigration(server.dataSource(), schema).migrate();

        new SchemaMigration(server.dataSource(), schema).check();
    }

    @Test
    void aLockThatAKilledMigrationLeftIsNoObstacle() {
        server.execute("create schema " + schema);
        server.execute("create table " + schema + ".pgjobq_databasechangeloglock (id int primary key, locked boolean"
                + " not null, lockgranted timestamp, lockedby varchar(255))");
        server.execute("insert into " + schema
                + ".pgjobq_databasechangeloglock values (1, true, now() - interval '1 minute', 'a dead node')");

        new SchemaMigration(server.dataSource(), schema).migrate();

        new SchemaMigration(server.dataSource(), schema).check();
    }

    @Test
    void leavesTheApplicationsOwnChangelogAlone() {
        server.execute("create table if not exists public.databasechangelog (id int)");

        new SchemaMigration(server.dataSource(), schema).migrate();

        assertThat(server.queryOne("select count(*) from public.databasechangelog", Integer.class))
                .isZero();
        assertThat(server.queryOne("select to_regclass('public.databasechangeloglock') is null", Boolean.class))
                .isTrue();
    }

    @Test
    void worksOnAPoolWithoutAutoCommitAndLeavesItSo() throws SQLException {
        DelegatingDataSource dataSource = new DelegatingDataSource(server.pool(3)) {
            @Override
            public Connection getConnection() throws SQLException {
                Connection connection = super.getConnection();
                connection.setAutoCommit(false);
                return connection;
            }
        };

        new SchemaMigration(dataSource, schema).migrate();

        new SchemaMigration(server.dataSource(), schema).check();
    }

    /** It would be handed on to whoever uses the connection next. */
    @Test
    void leavesTheSearchPathOfItsSessionsAsItWas() throws SQLException {
        DataSource pool = server.pool(2);
        String before = server.queryOne("show search_path", String.class);

        new SchemaMigration(pool, schema).migrate();

        try (Connection first = pool.getConnection();
                Connection second = pool.getConnection()) {
            assertThat(searchPath(first)).isEqualTo(before);
            assertThat(searchPath(second)).isEqualTo(before);
        }
    }

    private static String searchPath(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("show search_path")) {
            row.next();
            return row.getString(1);
        }
    }

    @Test
    void checkingSaysThatNothingIsThereAndCreatesNothing() {
        assertThatExceptionOfType(SchemaVersionException.class)
                .isThrownBy(() -> new SchemaMigration(server.dataSource(), schema).check())
                .withMessage("schema '" + schema + "' has no pgjobq tables; version 1 is needed")
                .satisfies(ex -> assertThat(ex.found()).isZero())
                .satisfies(ex -> assertThat(ex.required()).isEqualTo(1))
                .satisfies(ex -> assertThat(ex.schema()).isEqualTo(schema));
        assertThat(server.queryOne("select to_regnamespace(?) is null", Boolean.class, schema))
                .isTrue();
    }

    @Test
    void anOlderVersionIsNamed() {
        assertThat(new SchemaVersionException("pgjobq", 1, 2))
                .hasMessage("schema 'pgjobq' has version 1 of pgjobq's tables; version 2 is needed");
    }

    @Test
    void aLaterVersionIsLeftAlone() {
        server.execute("create schema " + schema);
        server.execute("create function " + schema + ".version() returns int language sql return 99");

        assertThatCode(() -> new SchemaMigration(server.dataSource(), schema).migrate())
                .doesNotThrowAnyException();
        new SchemaMigration(server.dataSource(), schema).check();
        assertThat(server.queryOne("select to_regclass(?) is null", Boolean.class, schema + ".job"))
                .isTrue();
    }

    @Test
    void aDatabaseThatCannotBeReachedIsADataAccessException() {
        DelegatingDataSource broken = new DelegatingDataSource(server.dataSource()) {
            @Override
            public Connection getConnection() throws SQLException {
                throw new SQLException("no route to host", "08001");
            }
        };
        assertThatExceptionOfType(DataAccessException.class)
                .isThrownBy(() -> new SchemaMigration(broken, schema).migrate())
                .withStackTraceContaining("no route to host");
    }

    private DelegatingDataSource counting(AtomicInteger opened) {
        return new DelegatingDataSource(server.dataSource()) {
            @Override
            public Connection getConnection() throws SQLException {
                opened.incrementAndGet();
                return super.getConnection();
            }
        };
    }
}
