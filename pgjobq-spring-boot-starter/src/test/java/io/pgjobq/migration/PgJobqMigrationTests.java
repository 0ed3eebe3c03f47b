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
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
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

    @Test
    void aRequiredDatabaseThatIsUnreachableFailsTheStartWithTheWayOut() {
        SQLException refused = new SQLException("Connection to db:5432 refused", "08001");
        Throwable failure =
                catchThrowable(() -> failing(new DataAccessResourceFailureException("no connection", refused), true)
                        .afterPropertiesSet());
        FailureAnalysis analysis = Analyses.of(failure);
        assertThat(analysis.getDescription()).contains("Connection to db:5432 refused");
        assertThat(analysis.getAction()).contains("pgjobq.database-required=false");
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
                .contains("SchemaScript.forSchema(\"jobs\")");
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

    private static PgJobqMigration failing(RuntimeException failure, boolean databaseRequired) {
        return new PgJobqMigration(
                () -> {
                    throw failure;
                },
                databaseRequired);
    }
}
