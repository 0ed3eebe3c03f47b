package io.pgjobq.application;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.test.Analyses;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import org.junit.jupiter.api.Test;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** A server that answers, but not as the application would like: what it is told is about that, and not about a dead server. */
@PostgresTest
class RefusedConnectionIntegrationTests {

    private static TestDatabase database;

    @Test
    void aUserThatDoesNotExistIsToldSoAndNotWaitedFor() {
        for (boolean required : new boolean[] {true, false}) {
            FailureAnalysis analysis = analysisOf(Applications.on(database, "nobodys")
                    .withPropertyValues(
                            "spring.datasource.username=nobody_at_all", "pgjobq.database-required=" + required));
            assertThat(analysis.getDescription()).contains("nobody_at_all");
            assertThat(analysis.getAction()).startsWith("Correct spring.datasource.username");
        }
    }

    @Test
    void aDatabaseThatDoesNotExistIsToldSo() {
        FailureAnalysis analysis = analysisOf(Applications.on(database, "nowhere")
                .withPropertyValues("spring.datasource.url=" + database.jdbcUrl() + "_not"));
        assertThat(analysis.getDescription()).contains(database.name() + "_not");
        assertThat(analysis.getAction()).startsWith("Create the database");
    }

    /** The second one is refused, which the pool turns into a time-out. */
    @Test
    void aServerThatAllowsOneConnectionIsNotTakenForASmallPool() {
        TestDatabase.Login login = database.login();
        database.execute("alter role " + login.role() + " connection limit 1");
        database.execute("grant create on database " + database.name() + " to " + login.role());
        FailureAnalysis analysis =
                analysisOf(as(login, "limited").withPropertyValues("spring.datasource.hikari.connection-timeout=300"));
        assertThat(analysis.getDescription()).contains("too many connections for role");
        assertThat(analysis.getAction()).contains("the limit of the role or database");
    }

    @Test
    void aRoleThatMayCreateNoSchemaIsToldSo() {
        FailureAnalysis analysis = analysisOf(as(database.login(), "forbidden"));
        assertThat(analysis.getDescription())
                .isEqualTo("schema 'forbidden' can't be migrated: ERROR: permission denied for database "
                        + database.name() + "; migrate as a role that may, and start without the migration.");
        assertThat(analysis.getAction()).contains("pgjobq.migration.enabled=false");
    }

    /** Liquibase wraps what it meets, and so does pgjobq. */
    @Test
    void aRoleThatMayCreateNoTableIsToldSo() {
        TestDatabase.Login login = database.login();
        database.execute("create schema used; grant usage on schema used to " + login.role());
        FailureAnalysis analysis = analysisOf(as(login, "used"));
        assertThat(analysis.getDescription())
                .startsWith("schema 'used' can't be migrated: ERROR: permission denied for schema used");
    }

    @Test
    void aServerThatTakesNoWritesIsToldSo() {
        FailureAnalysis analysis = analysisOf(Applications.on(database, "standby")
                .withPropertyValues(
                        "spring.datasource.hikari.connection-init-sql=set default_transaction_read_only = on"));
        assertThat(analysis.getDescription())
                .contains("in a read-only transaction; let the DataSource lead to a server that takes writes");
        assertThat(analysis.getAction()).contains("a primary");
    }

    private static ApplicationContextRunner as(TestDatabase.Login login, String schema) {
        return Applications.on(database, schema)
                .withPropertyValues(
                        "spring.datasource.username=" + login.role(), "spring.datasource.password=" + login.role());
    }

    private static FailureAnalysis analysisOf(ApplicationContextRunner application) {
        FailureAnalysis[] analysis = new FailureAnalysis[1];
        application.run(context -> analysis[0] = Analyses.of(context.getStartupFailure()));
        return analysis[0];
    }
}
