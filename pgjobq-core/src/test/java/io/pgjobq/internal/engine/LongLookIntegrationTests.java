package io.pgjobq.internal.engine;

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
        database.execute("drop schema if exists pgjobq, quick cascade; drop table if exists public.look");
    }

    @Test
    void aNodeLooksAtWhatIsNewInBetween() throws Exception {
        try (TestNode node = TestNode.polling(database.pool(5)).start()) {
            CountDownLatch ran = handle(node, "work", 1);
            slowDownSweeps();
            await().atMost(Duration.ofSeconds(30)).until(() -> looks(false) > 3);
            long whole = looks(true);

            database.execute("select pgjobq.send_quietly('work', '1')");
            assertThat(ran.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(looks(true)).isEqualTo(whole);
        }
    }

    @Test
    void jobsThatBecomeDueStartInBetween() throws Exception {
        int jobs = 20;
        try (TestNode node = TestNode.polling(database.pool(5)).start()) {
            CountDownLatch ran = handle(node, "work", jobs);
            slowDownDueJobs();
            node.sender().to("work").delay(Duration.ofMillis(1)).send(new byte[0]);
            await().until(() -> looks(true) > 0);
            long whole = looks(true);

            for (int i = 1; i < jobs; i++) {
                node.sender().to("work").delay(Duration.ofMillis(100 + i * 10L)).send(new byte[0]);
            }
            assertThat(ran.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(looks(false)).isPositive();
            assertThat(looks(true)).isLessThanOrEqualTo(whole + 2);
        }
    }

    @Test
    void aJobThatWasCommittedLongAfterItsTimeIsSeenByASweep() throws Exception {
        try (TestNode node = TestNode.polling(database.pool(5)).start()) {
            CountDownLatch ran = handle(node, "work", 1);
            slowDownDueJobs();
            node.sender().to("work").delay(Duration.ofDays(1)).send(new byte[0]);
            database.execute("select pgjobq.send_quietly('work', '2', delay => '1 millisecond')");
            assertThat(ran.await(20, TimeUnit.SECONDS)).isTrue();

            CountDownLatch late = handle(node, "late", 1);
            database.execute("insert into pgjobq.job (id, lane, seq, queue_id, payload) select -1, 11,"
                    + " (extract(epoch from now() - interval '1 hour') * 1000000)::bigint, q.id, '' from pgjobq.queue q"
                    + " where q.name = 'late'");
            assertThat(late.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** Returns what counts down as jobs of the queue run. */
    private static CountDownLatch handle(TestNode node, String queue, int jobs) {
        CountDownLatch ran = new CountDownLatch(jobs);
        node.handle(queue, byte[].class, (payload, job) -> {
            ran.countDown();
            return null;
        });
        return ran;
    }

    private void slowDownSweeps() {
        slowDown(
                "sweep",
                "p_queues integer[], p_from bigint",
                "queue_id integer, priority smallint, seq bigint, due_in_millis bigint",
                "p_from = 0");
    }

    private void slowDownDueJobs() {
        slowDown(
                "promote",
                "p_limit integer, p_from timestamptz",
                "queue_id integer, priority smallint, seq bigint, due_in_millis bigint, until timestamptz",
                "p_from is null");
    }

    private void slowDown(String function, String arguments, String result, String whole) {
        database.execute("""
                create table public.look (whole boolean);
                create schema quick;
                alter function pgjobq.%1$s set schema quick;
                create function pgjobq.%1$s(%2$s)
                returns table (%3$s)
                language plpgsql as $$ begin
                    insert into public.look values (%4$s);
                    if %4$s then
                        perform pg_sleep(0.3);
                    end if;
                    return query select * from quick.%1$s($1, $2);
                end $$""".formatted(function, arguments, result, whole));
    }

    private long looks(boolean whole) {
        Long count = database.queryOne("select count(*) from public.look where whole = ?", Long.class, whole);
        return count == null ? 0 : count;
    }
}
