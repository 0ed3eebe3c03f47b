package io.pgjobq.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where looking at all there is takes long, because of rows that died and can't be removed. */
@PostgresTest
class LongLookIntegrationTests {

    private TestDatabase database;

    @AfterEach
    void makeItQuickAgain() {
        database.execute("drop schema if exists pgjobq, quick cascade; drop table if exists public.look, public.due");
    }

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

    @Test
    void jobsThatBecomeDueStartInBetween() throws Exception {
        int jobs = 20;
        CountDownLatch ran = new CountDownLatch(jobs);
        try (TestNode node = TestNode.polling(database.pool(5))) {
            node.start();
            node.handle("work", byte[].class, (payload, job) -> {
                ran.countDown();
                return null;
            });
            slowDownDueJobs();
            node.sender().to("work").delay(Duration.ofMillis(1)).send(new byte[0]);
            await().until(() -> looks("public.due", "p_from is null") > 0);
            long whole = looks("public.due", "p_from is null");

            for (int i = 1; i < jobs; i++) {
                node.sender().to("work").delay(Duration.ofMillis(100 + i * 10L)).send(new byte[0]);
            }
            assertThat(ran.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(looks("public.due", "p_from is not null")).isPositive();
            assertThat(looks("public.due", "p_from is null")).isLessThanOrEqualTo(whole + 2);
        }
    }

    @Test
    void aJobThatWasCommittedLongAfterItsTimeIsSeenByASweep() throws Exception {
        CountDownLatch ran = new CountDownLatch(1);
        try (TestNode node = TestNode.polling(database.pool(5))) {
            node.start();
            node.handle("work", byte[].class, (payload, job) -> {
                ran.countDown();
                return null;
            });
            slowDownDueJobs();
            node.sender().to("work").delay(Duration.ofDays(1)).send(new byte[0]);
            database.execute("select pgjobq.send_quietly('work', '2', delay => '1 millisecond')");
            assertThat(ran.await(20, TimeUnit.SECONDS)).isTrue();

            CountDownLatch late = new CountDownLatch(1);
            node.handle("late", byte[].class, (payload, job) -> {
                late.countDown();
                return null;
            });
            database.execute("insert into pgjobq.job (id, seq, run_at, queue_id, payload) select -1,"
                    + " nextval('pgjobq.job_seq'), now() - interval '1 hour', q.id, '' from pgjobq.queue q"
                    + " where q.name = 'late'");
            assertThat(late.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    private void slowDownDueJobs() {
        database.execute("""
                create table public.due (p_from timestamptz);
                create schema quick;
                alter function pgjobq.promote(integer, timestamptz) set schema quick;
                create function pgjobq.promote(p_limit integer, p_from timestamptz)
                returns table (queue_id integer, priority smallint, seq bigint, due_in_millis bigint, until timestamptz)
                language plpgsql as $$ begin
                    insert into public.due values (p_from);
                    if p_from is null then
                        perform pg_sleep(0.3);
                    end if;
                    return query select * from quick.promote(p_limit, p_from);
                end $$""");
    }

    private long looks(String which) {
        return looks("public.look", which);
    }

    private long looks(String table, String which) {
        Long count = database.queryOne("select count(*) from " + table + " where " + which, Long.class);
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
