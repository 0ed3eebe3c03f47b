package io.pgjobq.internal.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

@PostgresTest
class FunctionSafetyContractIntegrationTests {

    private static final String OURS = "select proname from pg_proc where pronamespace = 'pgjobq'::regnamespace";

    private final JdbcTemplate jdbc;

    FunctionSafetyContractIntegrationTests(TestDatabase server) {
        new SchemaMigration(server.dataSource(), "pgjobq").migrate();
        jdbc = new JdbcTemplate(server.dataSource());
    }

    @Test
    void everyFunctionHasItsSearchPathPinnedOrItsNamesBoundWhenItWasMade() {
        assertThat(jdbc.queryForList(OURS, String.class)).contains("claim", "send", "drop_on");
        assertThat(jdbc.queryForList(
                        OURS + " and prosqlbody is null"
                                + " and not coalesce('search_path=pg_catalog, pg_temp' = any (proconfig), false)",
                        String.class))
                .isEmpty();
    }

    @Test
    void onlyThoseThatMakeAndDropPartitionsRunWithTheRightsOfTheOwner() {
        assertThat(jdbc.queryForList(OURS + " and prosecdef", String.class))
                .containsExactlyInAnyOrder("maintain_history", "drop_history");
    }

    @Test
    void nobodyMayCallAFunctionWhoWasNotGrantedIt() {
        // A null ACL is PostgreSQL's default: everybody may.
        assertThat(jdbc.queryForList(
                        OURS + " and exists (select from aclexplode(coalesce(proacl, acldefault('f', proowner))) a"
                                + " where a.grantee = 0)",
                        String.class))
                .isEmpty();
    }

    @Test
    void whatTheCallersSearchPathHoldsIsNeverUsed(TestDatabase server) {
        server.execute("create schema evil");
        server.execute("create function evil.clock_timestamp() returns timestamptz language plpgsql as"
                + " $$ begin raise exception 'evil was called'; end $$");
        server.execute("create table evil.job (id int)");
        server.execute("insert into pgjobq.queue (name) values ('emails')");
        server.execute("set search_path = evil, pg_catalog; select pgjobq.send('emails', '1', delay => '1 s');"
                + " select pgjobq.maintain_history(); select * from pgjobq.promote(1, null); reset search_path");

        assertThat(server.queryOne("select count(*) from pgjobq.job", Integer.class))
                .isEqualTo(1);
    }
}
