package io.pgjobq.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Where looking at all there is takes long, because of rows that died and can't be removed. */
@PostgresTest
class LongLookIntegrationTests {

    private TestDatabase database;

    @Test
    void aNodeLooksAtWhatIsNewInBetween() throws Exception {
        CountDownLatch ran = new CountDownLatch(1);
        try (TestNode node = TestNode.polling(database.pool(5))) {
            node.start();
            node.handle("work", byte[].class, (payload, job) -> {
                ran.countDown();
                return null;
            });
            slowDown();
            await().atMost(Duration.ofSeconds(30)).until(() -> looks("p_from > 0") > 3);
            long whole = looks("p_from = 0");

            database.execute("select pgjobq.send_quietly('work', '1')");
            assertThat(ran.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(looks("p_from = 0")).isEqualTo(whole);
        }
    }

    private long looks(String which) {
        Long count = database.queryOne("select count(*) from public.look where " + which, Long.class);
        return count == null ? 0 : count;
    }

    private void slowDown() {
        database.execute("""
                create table public.look (p_from bigint);
                create schema quick;
                alter function pgjobq.sweep(integer[], bigint) set schema quick;
                create function pgjobq.sweep(p_queues integer[], p_from bigint)
                returns table (queue_id integer, priority smallint, seq bigint, due_in_millis bigint)
                language plpgsql as $$ begin
                    insert into public.look values (p_from);
                    if p_from = 0 then
                        perform pg_sleep(0.3);
                    end if;
                    return query select * from quick.sweep(p_queues, p_from);
                end $$""");
    }
}
