package io.pgjobq.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.zaxxer.hikari.HikariDataSource;
import io.pgjobq.SchemaVersionException;
import io.pgjobq.UnsupportedDatabaseException;
import io.pgjobq.internal.schema.SchemaMigration;
import io.pgjobq.test.Analyses;
import java.io.IOException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.dao.DataAccessResourceFailureException;

@ExtendWith(OutputCaptureExtension.class)
class PgJobqMigrationTests {

    @ParameterizedTest
    @ValueSource(strings = {"08001", "08006", "57P03", "53300"})
    void aDatabaseThatIsNotRequiredMayBeUnreachableAndIsMentioned(String sqlState, CapturedOutput output) {
        SQLException refused = new SQLException("Connection to db:5432 refused", sqlState);
        failing(new DataAccessResourceFailureException("no connection", refused), false)
                .afterPropertiesSet();
        assertThat(output)
                .containsOnlyOnce("pgjobq starts without its database")
                .contains("Connection to db:5432 refused");
    }

    @Test
    void aPoolThatTimesOutCountsAsUnreachable() {
        Exception timeout = new SQLTransientConnectionException("HikariPool-1 - Connection is not available");
        assertThatNoException()
                .isThrownBy(
                        () -> failing(new IllegalStateException(timeout), false).afterPropertiesSet());
    }

    @Test
    void aPoolThatCannotInitializeCountsAsUnreachable() {
        try (HikariDataSource pool = new HikariDataSource()) {
            pool.setJdbcUrl("jdbc:postgresql://127.0.0.1:1/none");
            PgJobqMigration migration = PgJobqMigration.of(new SchemaMigration(pool, "pgjobq"), true, false);
            assertThatNoException().isThrownBy(migration::afterPropertiesSet);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    08001 | Start the database or correct spring.datasource.url.
                    57P03 | Start again when the server accepts connections.
                    53300 | spring.datasource.hikari.maximum-pool-size
                    08004 | correct spring.datasource.url, username and password
                    """)
    void aRequiredDatabaseThatIsAwayForAWhileFailsTheStartWithWhatHelpsAgainstThat(String sqlState, String remedy) {
        FailureAnalysis analysis = analysisOf(new SQLException("db:5432 says no", sqlState));
        assertThat(analysis.getDescription()).isEqualTo("pgjobq gets no connection to its database: db:5432 says no");
        assertThat(analysis.getAction()).contains(remedy).endsWith("set pgjobq.database-required=false.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    28P01 | Correct spring.datasource.username and spring.datasource.password
                    28000 | pg_hba.conf
                    3D000 | Create the database, or correct its name in spring.datasource.url.
                    """)
    void whoIsNotLetInNeedNotWait(String sqlState, String remedy) {
        SQLException refusal = new SQLException("FATAL: not you", sqlState);
        for (boolean required : new boolean[] {true, false}) {
            // Hikari repeats the state of what it waited for in vain.
            SQLException timeout = new SQLTransientConnectionException("pool timed out", sqlState, refusal);
            Throwable failure = catchThrowable(
                    () -> failing(new IllegalStateException(timeout), required).afterPropertiesSet());
            assertThat(Analyses.of(failure).getDescription()).endsWith(": FATAL: not you");
            assertThat(Analyses.of(failure).getAction()).contains(remedy).doesNotContain("database-required");
        }
    }

    @Test
    void aPoolWhoseConnectionsAreAllInUseIsNotTakenForAServerThatIsDown() {
        FailureAnalysis analysis = analysisOf(new SQLTransientConnectionException("timed out (total=5, active=5)"));
        assertThat(analysis.getDescription()).endsWith("timed out (total=5, active=5)");
        assertThat(analysis.getAction())
                .startsWith("If the pool has connections and all are in use, raise "
                        + "spring.datasource.hikari.maximum-pool-size");
    }

    @Test
    void whatTheDriverLeavesOutIsAdded() {
        Exception unknown = new UnknownHostException("nohost");
        FailureAnalysis analysis = analysisOf(new SQLException("The connection attempt failed.", "08001", unknown));
        assertThat(analysis.getDescription())
                .endsWith(": The connection attempt failed. (java.net.UnknownHostException: nohost)");
        assertThat(analysisOf(new SQLException("no route to nohost", "08001", new IOException("no route")))
                        .getDescription())
                .endsWith(": no route to nohost");
    }

    @Test
    void everyOtherFailureIsOneEvenIfTheDatabaseIsNotRequired() {
        RuntimeException denied = new IllegalStateException(new SQLException("permission denied", "42501"));
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> failing(denied, false).afterPropertiesSet())
                .isSameAs(denied);
    }

    @Test
    void aMissingSchemaIsExplained() {
        FailureAnalysis analysis = Analyses.of(new SchemaVersionException("jobs", 0, 3));
        assertThat(analysis.getDescription()).contains("schema 'jobs' has no pgjobq tables; version 3 is needed");
        assertThat(analysis.getAction())
                .contains("pgjobq.migration.enabled=true")
                .contains("SchemaScript.forSchema(\"jobs\")")
                .contains("correct pgjobq.schema");
    }

    @Test
    void anOutdatedSchemaIsExplained() {
        assertThat(Analyses.of(new SchemaVersionException("jobs", 2, 3)).getDescription())
                .contains("version 2")
                .contains("version 3 is needed");
    }

    @Test
    void anUnsupportedDatabaseIsExplained() {
        FailureAnalysis analysis = Analyses.of(new UnsupportedDatabaseException("pgjobq needs PostgreSQL"));
        assertThat(analysis.getDescription()).isEqualTo("pgjobq needs PostgreSQL");
        assertThat(analysis.getAction()).contains("PostgreSQL 14").contains("@PgJobqDataSource");
    }

    private static FailureAnalysis analysisOf(SQLException failure) {
        return Analyses.of(catchThrowable(() -> failing(new DataAccessResourceFailureException("no", failure), true)
                .afterPropertiesSet()));
    }

    private static PgJobqMigration failing(RuntimeException failure, boolean databaseRequired) {
        return new PgJobqMigration(
                () -> {
                    throw failure;
                },
                databaseRequired);
    }
}
