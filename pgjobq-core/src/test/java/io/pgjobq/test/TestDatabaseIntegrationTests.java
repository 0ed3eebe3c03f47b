package io.pgjobq.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

@PostgresTest
@AlsoThroughPgBouncer
@AlsoOnOtherJdks
class TestDatabaseIntegrationTests {

    private static final Set<String> SEEN = new ConcurrentSkipListSet<>();

    private static TestDatabase staticField;

    private final TestDatabase database;

    private TestDatabase field;

    TestDatabaseIntegrationTests(TestDatabase database) {
        this.database = database;
    }

    @Test
    void isEmptyAndTheSameEverywhereInTheClass(TestDatabase parameter) {
        assertThat(parameter).isSameAs(database).isSameAs(field).isSameAs(staticField);
        assertThat(database.queryOne(
                        "select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace"
                                + " where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')",
                        Integer.class))
                .isZero();
    }

    @Test
    void opensConnectionsInAndOutsideOfPools() throws SQLException {
        try (Connection pooled = database.dataSource().getConnection();
                Connection other = database.pool(1).getConnection();
                Connection plain = database.open()) {
            assertThat(pooled.getCatalog()).isEqualTo(database.name());
            assertThat(other.getCatalog()).isEqualTo(database.name());
            assertThat(plain.getCatalog()).isEqualTo(database.name());
            assertThat(plain.getMetaData().getDatabaseMajorVersion()).isEqualTo(database.majorVersion());
        }
    }

    @Test
    void readsOutsideOfTheTransactionOfTheTest() {
        TransactionTemplate transaction =
                new TransactionTemplate(new DataSourceTransactionManager(database.dataSource()));

        transaction.executeWithoutResult(status -> {
            status.setRollbackOnly();
            database.execute("create table kept (id int)");
        });

        assertThat(database.queryOne("select count(*) from kept", Integer.class))
                .isZero();
        database.execute("drop table kept");
    }

    @Test
    void answersACommitWhenItIsWrittenAndDoesNotWaitForTheDisk() {
        assumeThat(System.getProperty(ServerChoice.JDBC_URL, ""))
                .as("the settings of a given server are its owner's")
                .isEmpty();

        assertThat(database.queryOne("show fsync", String.class)).isEqualTo("off");
        assertThat(database.queryOne("show synchronous_commit", String.class)).isEqualTo("on");
    }

    @Test
    void usesTheGivenServerWithADatabaseForEachClassAndDropsThemAtTheEnd() {
        String url = database.directUrl() + (database.directUrl().contains("?") ? "&" : "?") + "user="
                + database.username() + "&password=" + database.password();
        SEEN.clear();

        EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(First.class), selectClass(Second.class))
                .configurationParameter(ServerChoice.JDBC_URL, url)
                .execute()
                .testEvents()
                .assertStatistics(statistics -> statistics.started(2).succeeded(2));

        assertThat(SEEN).hasSize(2).allSatisfy(name -> assertThat(name).startsWith("pgjobq_test_"));
        assertThat(database.queryOne("select count(*) from pg_database where datname = any (?)", Integer.class, (Object)
                        SEEN.toArray(String[]::new)))
                .isZero();
    }

    private static void see(TestDatabase own, String server) {
        SEEN.add(own.name());
        assertThat(own.directUrl()).startsWith(server);
    }

    @Nested
    class InANestedClass {

        @Test
        void isTheSameToo(TestDatabase parameter) {
            assertThat(parameter).isSameAs(database);
        }
    }

    @PostgresTest
    static class First {

        @Test
        void sees(TestDatabase own) {
            see(own, server());
        }
    }

    @PostgresTest
    static class Second {

        @Test
        void sees(TestDatabase own) throws SQLException {
            see(own, server());
            // Left open on purpose: the database is dropped all the same.
            own.open();
        }
    }

    private static String server() {
        return staticField.directUrl().substring(0, staticField.directUrl().indexOf(staticField.name()));
    }
}
