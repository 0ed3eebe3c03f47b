package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.NotThroughPgBouncer;
import io.pgjobq.test.PgBouncerMode;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Numbers past 2^31, and at their own limits. */
@PostgresTest
@AlsoThroughPgBouncer
class LimitsContractIntegrationTests {

    private static final long TWO_TO_THE_31ST = 1L << 31;
    private static final int LAST_NODE = (1 << 26) - 1;

    private final TestDatabase server;
    private final TestStore store;

    LimitsContractIntegrationTests(TestDatabase server) {
        this.server = server;
        this.store = TestStore.emptyOn(server);
    }

    @Test
    void jobsAreNumberedPastTheIntegers() {
        server.execute("select setval('pgjobq.job_seq', " + (TWO_TO_THE_31ST - 3) + ")");
        int node = store.node();
        store.sendAll(5, 6);

        List<ClaimedJob> jobs = store.claim(node, 6);
        assertThat(jobs)
                .extracting(ClaimedJob::seq)
                .contains(TWO_TO_THE_31ST - 2, TWO_TO_THE_31ST, TWO_TO_THE_31ST + 3);
        assertThat(store.succeed(jobs.subList(0, 4)).settled()).hasSize(4);
        assertThat(store.fail(jobs.get(4), 0L)).hasSize(1);
        assertThat(store.release(jobs.subList(5, 6))).hasSize(1);
        assertThat(store.lanes().promote(10, null).ready())
                .singleElement()
                .satisfies(ready -> assertThat(ready.seq()).isEqualTo(TWO_TO_THE_31ST + 4));
        assertThat(store.lanes().sweep(new int[] {store.queue()}, 0).ready())
                .singleElement()
                .satisfies(ready -> assertThat(ready.seq()).isEqualTo(TWO_TO_THE_31ST + 3));
        assertThat(TestStore.ids(store.claim(node, 9)))
                .containsExactly(jobs.get(5).id(), jobs.get(4).id());
    }

    @Test
    void theLastNodeNumberWorksAndTheNextIsRefused() {
        server.execute("alter table pgjobq.node alter id restart with " + LAST_NODE);
        int node = store.node();
        assertThat(node).isEqualTo(LAST_NODE);
        store.send();
        // The ids that such a node takes last.
        ClaimRequest request = new ClaimRequest(
                store.queue(),
                TestStore.registration(node),
                Long.MAX_VALUE - 1,
                1,
                1,
                new short[] {5},
                new long[1],
                new long[1],
                new long[1],
                null);

        List<ClaimedJob> jobs = store.jobs().claim(request).jobs();

        assertThat(jobs).extracting(ClaimedJob::claim).containsExactly(Long.MAX_VALUE);
        assertThat(store.succeed(jobs, Long.MAX_VALUE).settled()).hasSize(1);
        assertThat(store.value("select node_id from pgjobq.finished_job", Integer.class))
                .isEqualTo(LAST_NODE);
        assertThat(store.count("claim")).isZero();
        assertThat(catchThrowable(store::node))
                .hasMessageContaining("reached maximum value of sequence \"node_id_seq\"");
        server.execute("alter table pgjobq.node alter id restart with 1000");
    }

    @Test
    void theLastQueueNumberWorks() {
        server.execute("alter table pgjobq.queue alter id restart with " + Integer.MAX_VALUE);
        int last = store.queues().create("last");
        assertThat(last).isEqualTo(Integer.MAX_VALUE);
        store.send(new NewJob("last", 5, null, null, null, false), "");
        ClaimRequest request = store.requestFrom(store.node(), 1, 5, 0);

        assertThat(store.jobs()
                        .claim(new ClaimRequest(
                                last,
                                request.node(),
                                request.claim(),
                                1,
                                1,
                                request.lanes(),
                                request.from(),
                                request.last(),
                                request.told(),
                                null))
                        .jobs())
                .hasSize(1);
        assertThat(catchThrowable(() -> store.queues().create("one too many")))
                .hasMessageContaining("reached maximum value of sequence \"queue_id_seq\"");
        server.execute("alter table pgjobq.queue alter id restart with 1000");
    }

    /** A number that a crash forgets would be given out again, and with it the ids of claims. */
    @Test
    @NotThroughPgBouncer(
            value = {PgBouncerMode.LISTEN_DIRECT, PgBouncerMode.POLL_ONLY},
            because = "it needs sessions that begin after the setting was changed")
    void aNodeIsRegisteredDurablyEvenWhereCommitsNeedNotBe() {
        server.execute("create table seen (setting text)");
        server.execute(
                "create function see() returns trigger language plpgsql as $$ begin insert into public.seen values"
                        + " (current_setting('synchronous_commit')); return new; end $$");
        server.execute("create trigger see before insert on pgjobq.node for each row execute function see()");
        try {
            for (String setting : List.of("off", "on", "remote_apply")) {
                server.execute("alter database " + server.name() + " set synchronous_commit = " + setting);
                TestStore.on(server, server.pool(1), "pgjobq").node();
            }
            assertThat(server.queryOne("select string_agg(setting, ',' order by ctid) from seen", String.class))
                    .isEqualTo("local,on,remote_apply");
        } finally {
            server.execute("drop trigger see on pgjobq.node");
            server.execute("alter database " + server.name() + " reset synchronous_commit");
        }
    }
}
