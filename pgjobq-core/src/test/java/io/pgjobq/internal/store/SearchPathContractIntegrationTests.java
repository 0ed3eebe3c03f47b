package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.schema.SchemaMigration;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;

/**
 * Somebody may create functions and operators in {@code public}, which is in everybody's search path. PostgreSQL prefers
 * one whose types fit exactly to its own whose do not: none of those may ever be called.
 */
@PostgresTest
@AlsoThroughPgBouncer
class SearchPathContractIntegrationTests {

    @Test
    void noStatementCallsWhatAnAttackerLeftInThePublicSchema(TestDatabase server) throws Exception {
        new SchemaMigration(server.dataSource(), "pgjobq").migrate();
        attack(server);
        StoreTour tour = new StoreTour("pgjobq");
        TestStore store = TestStore.on(server, tour.noting(server.dataSource()), "pgjobq");

        tour.sendAndRun(store);
        tour.lookAfter(store);

        assertThat(tour.missing()).isEmpty();
        assertThat(theAttackWorks(server)).isTrue();
    }

    /** Liquibase's statements and the driver's are not pgjobq's: their path has to be a safe one. */
    @Test
    void neitherDoesAMigrationByARoleWhosePathHoldsNothingElse(TestDatabase server) throws Exception {
        attack(server);
        TestDatabase.Login migrator = server.login();
        server.execute("alter role " + migrator.role() + " set search_path = pg_catalog");
        server.execute("grant create on database " + server.name() + " to " + migrator.role());

        new SchemaMigration(migrator.pool(3), "migrated").migrate();

        new SchemaMigration(server.dataSource(), "migrated").check();
    }

    private static boolean theAttackWorks(TestDatabase server) {
        try {
            server.execute("select 1::bigint * interval '1 ms'");
            return false;
        } catch (DataAccessException ex) {
            return String.valueOf(ex.getMessage()).contains("hijacked");
        }
    }

    private static void attack(TestDatabase server) throws IOException {
        try (InputStream file = SearchPathContractIntegrationTests.class.getResourceAsStream("attack.sql")) {
            server.execute(new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
