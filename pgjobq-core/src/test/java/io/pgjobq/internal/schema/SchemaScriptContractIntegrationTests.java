package io.pgjobq.internal.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

@PostgresTest
class SchemaScriptContractIntegrationTests {

    @Test
    void theScriptMakesWhatTheMigrationMakes(TestDatabase server) throws Exception {
        new SchemaMigration(server.dataSource(), "migrated").migrate();
        try (Connection connection = server.open();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(SchemaScript.forSchema("scripted"));
            connection.commit();
        }

        new SchemaMigration(server.dataSource(), "scripted").check();
        List<String> scripted = Catalog.of(server, "scripted");
        assertThat(scripted).isEqualTo(Catalog.of(server, "migrated"));
        assertThat(scripted.get(0)).contains("job_seq").contains("seqs S.claim_seqs");
        assertThat(scripted.get(1)).contains("job_pkey");
        assertThat(scripted.get(2)).contains("job_lane");
        assertThat(scripted.get(3)).contains("pg_advisory_xact_lock").doesNotContain("${");
    }

    @Test
    void aMigrationAfterTheScriptFindsNothingToDo(TestDatabase server) {
        server.execute(SchemaScript.forSchema("byhand"));

        new SchemaMigration(server.dataSource(), "byhand").migrate();

        assertThat(server.queryOne("select to_regclass('byhand.pgjobq_databasechangelog') is null", Boolean.class))
                .isTrue();
    }
}
