package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.database.Database;
import io.pgjobq.internal.schema.SchemaMigration;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who keeps locks of pgjobq. */
@PostgresTest
class HeldLocksContractIntegrationTests {

    @Test
    void theSessionThatHoldsALockIsNamedAndStaysTheSameWhileItIdles(TestDatabase database) throws Exception {
        new SchemaMigration(database.dataSource(), "pgjobq").migrate();
        Database pgjobq = new Database(database.dataSource(), "pgjobq");
        int queue = new QueueStore(pgjobq).create("emails");
        LockStore locks = new LockStore(pgjobq);
        try (Connection holder = database.open();
                Statement statement = holder.createStatement()) {
            statement.execute("set application_name = 'hoarder'");
            assertThat(locks.held()).isEmpty();
            for (int object : new int[] {queue, 0, -1, -2}) {
                statement.execute("select pg_advisory_lock('pgjobq.job'::regclass::oid::integer, " + object + ")");
            }
            statement.execute("select pg_advisory_lock('pgjobq.queue'::regclass::oid::integer, " + queue + ")");
            List<LockStore.Held> held = locks.held();
            assertThat(held).hasSize(5).allSatisfy(each -> {
                assertThat(each.application()).isEqualTo("hoarder");
                assertThat(each.role()).isEqualTo(database.username());
            });
            assertThat(held)
                    .filteredOn(each -> each.object() <= 0)
                    .extracting(LockStore.Held::object)
                    .containsExactlyInAnyOrder(0, -1, -2);
            assertThat(held)
                    .filteredOn(each -> "emails".equals(each.queue()))
                    .extracting(LockStore.Held::sends)
                    .containsExactlyInAnyOrder(true, false);
            assertThat(locks.held()).containsExactlyInAnyOrderElementsOf(held);
        }
    }
}
