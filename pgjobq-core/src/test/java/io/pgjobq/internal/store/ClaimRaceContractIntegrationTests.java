package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.schema.SchemaMigration;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

@PostgresTest
@AlsoThroughPgBouncer
class ClaimRaceContractIntegrationTests {

    private static final int CLAIMERS = 8;
    private static final int JOBS = 4_000;
    private static final String LOCK = "v_locked := pg_advisory_xact_lock(";

    private final TestDatabase server;

    ClaimRaceContractIntegrationTests(TestDatabase server) {
        this.server = server;
    }

    @Test
    void noJobIsTakenTwiceHoweverManyClaim() throws Exception {
        TestStore.emptyOn(server);
        TestStore store = TestStore.on(server, server.pool(CLAIMERS), "pgjobq");

        List<Long> taken = race(store, JOBS);

        assertThat(taken).hasSize(JOBS);
        assertThat(new HashSet<>(taken)).hasSize(JOBS);
        assertThat(server.queryOne(
                        "select count(*) - count(distinct seq) from (select unnest(seqs) as seq from pgjobq.claim) s",
                        Long.class))
                .isZero();
    }

    /** The control: were there no lock, this race would show it. */
    @Test
    void withoutTheLockJobsAreTakenTwice() throws Exception {
        new SchemaMigration(server.dataSource(), "unlocked").migrate();
        server.execute(claimWithoutLock("unlocked"));
        TestStore store = TestStore.on(server, server.pool(CLAIMERS), "unlocked");

        List<Long> taken = race(store, JOBS / 10);

        assertThat(new HashSet<>(taken)).hasSize(JOBS / 10);
        assertThat(taken).hasSizeGreaterThan(JOBS / 10);
    }

    private static List<Long> race(TestStore store, int jobs) throws Exception {
        store.sendAll(5, jobs / 2);
        store.sendAll(6, jobs / 2);
        ExecutorService threads = Executors.newFixedThreadPool(CLAIMERS);
        try {
            List<Callable<List<Long>>> claimers = new ArrayList<>();
            for (int i = 0; i < CLAIMERS; i++) {
                int node = store.node();
                claimers.add(() -> claimAll(store, node));
            }
            List<Long> taken = new ArrayList<>();
            for (Future<List<Long>> claimer : threads.invokeAll(claimers)) {
                taken.addAll(claimer.get());
            }
            return taken;
        } finally {
            threads.shutdownNow();
        }
    }

    private static List<Long> claimAll(TestStore store, int node) {
        List<Long> taken = new ArrayList<>();
        List<ClaimedJob> jobs;
        while (!(jobs = store.claim(node, 7)).isEmpty()) {
            taken.addAll(TestStore.ids(jobs));
        }
        return taken;
    }

    /** The claim function without its lock, which takes a little longer between its snapshot and its insert. */
    private String claimWithoutLock(String schema) {
        String sql = server.queryOne(
                "select pg_get_functiondef(p.oid) from pg_proc p where p.proname = 'claim' and p.pronamespace = '"
                        + schema + "'::regnamespace",
                String.class);
        String insert = "insert into " + schema + ".claim";
        assertThat(sql).containsOnlyOnce(LOCK).contains(insert);
        return sql.lines()
                .filter(line -> !line.contains(LOCK))
                .collect(Collectors.joining("\n"))
                .replace(insert, "perform pg_sleep(0.005); " + insert);
    }
}
