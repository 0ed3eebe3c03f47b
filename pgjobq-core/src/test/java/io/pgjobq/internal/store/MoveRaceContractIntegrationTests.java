package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.JobFilter;
import io.pgjobq.internal.database.Query;
import io.pgjobq.internal.schema.SchemaMigration;
import io.pgjobq.internal.store.MoveStore.Target;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jobs are moved to and fro between two queues, one by one and many at once, while both are claimed. */
@PostgresTest
class MoveRaceContractIntegrationTests {

    private static final int CLAIMERS = 6;
    private static final int MOVERS = 4;
    private static final int JOBS = 3_000;

    private final TestDatabase server;

    MoveRaceContractIntegrationTests(TestDatabase server) {
        this.server = server;
    }

    @Test
    void noJobIsTakenTwiceAndNoneIsLost() throws Exception {
        TestStore.emptyOn(server);

        List<Long> taken = race("pgjobq", JOBS);

        assertThat(taken).hasSize(JOBS);
        assertThat(new HashSet<>(taken)).hasSize(JOBS);
        assertThat(server.queryOne(
                        "select count(*) from pgjobq.job j where exists (select from pgjobq.claim c"
                                + " where c.queue_id = j.queue_id and c.lane = j.lane and j.seq = any (c.seqs))",
                        Long.class))
                .as("each is where its claim says")
                .isEqualTo(JOBS);
    }

    /** The control: were there no lock, or no look at the claims, this race would show it. */
    @ParameterizedTest
    @CsvSource({"move, the lock", "move_some, the lock", "move, the look", "move_some, the look"})
    void withoutTheLockOrTheLookJobsAreTakenTwice(String function, String what) throws Exception {
        String schema = (function + "_without_" + what.substring(4));
        new SchemaMigration(server.dataSource(), schema).migrate();
        server.execute(without(schema, function, what));

        List<Long> taken = race(schema, JOBS / 3);

        assertThat(taken).hasSizeGreaterThan(new HashSet<>(taken).size());
    }

    private String without(String schema, String function, String what) {
        String sql = server.queryOne(
                "select pg_get_functiondef(p.oid) from pg_proc p where p.proname = '" + function
                        + "' and p.pronamespace = '" + schema + "'::regnamespace",
                String.class);
        String changed = what.equals("the lock")
                ? sql.lines()
                        .map(line -> line.replaceFirst("perform pg_advisory_xact_lock.*", "perform 1;"))
                        .collect(Collectors.joining("\n"))
                        .replace("update " + schema + ".job j", "update " + schema + ".job j /* late */")
                : sql.replace("select 'held'", "select null")
                        .replace("(j.seq in (select unnest(v_held))) is not true", "true");
        assertThat(changed).isNotEqualTo(sql);
        // A little longer between the look and the update.
        return changed.replace(
                        "if outcome is null and v_is.lane is not null then",
                        "perform pg_sleep(0.002); if outcome is null" + " and v_is.lane is not null then")
                .replace("    with numbered as", "    perform pg_sleep(0.01);\n    with numbered as");
    }

    private List<Long> race(String schema, int jobs) throws Exception {
        TestStore store = TestStore.on(server, server.pool(CLAIMERS + MOVERS), schema);
        int other = store.queues().create("other");
        store.sendAll(5, jobs);
        AtomicLong seen = new AtomicLong();
        ExecutorService threads = Executors.newFixedThreadPool(CLAIMERS + MOVERS);
        try {
            List<Callable<List<Long>>> all = new ArrayList<>();
            for (int i = 0; i < CLAIMERS; i++) {
                int node = store.node();
                int queue = i % 2 == 0 ? store.queue() : other;
                all.add(() -> claimUntilAllAreSeen(store, node, queue, seen, jobs));
            }
            for (int i = 0; i < MOVERS; i++) {
                boolean there = i % 2 == 0;
                Target target = new Target(there ? "other" : TestStore.QUEUE, null);
                int from = there ? store.queue() : other;
                int limit = i < 2 ? 20 : 1;
                MoveStore moves = new MoveStore(store.database());
                all.add(() -> {
                    moveFirst(store, schema, moves, from, target, limit, seen, jobs);
                    return List.of();
                });
            }
            List<Long> taken = new ArrayList<>();
            for (Future<List<Long>> each : threads.invokeAll(all)) {
                taken.addAll(each.get());
            }
            return taken;
        } finally {
            threads.shutdownNow();
        }
    }

    private static List<Long> claimUntilAllAreSeen(TestStore store, int node, int queue, AtomicLong seen, int jobs) {
        List<Long> taken = new ArrayList<>();
        while (seen.get() < jobs) {
            ClaimRequest r = store.request(node, 3);
            List<ClaimedJob> claimed = store.jobs()
                    .claim(new ClaimRequest(
                            queue, r.node(), r.claim(), 3, 3, r.lanes(), r.from(), r.last(), r.told(), null))
                    .jobs();
            seen.addAndGet(claimed.size());
            taken.addAll(TestStore.ids(claimed));
        }
        return taken;
    }

    /** Where the claims are, too. */
    private static void moveFirst(
            TestStore store,
            String schema,
            MoveStore moves,
            int from,
            Target target,
            int limit,
            AtomicLong seen,
            int jobs) {
        while (seen.get() < jobs) {
            List<LanePosition> free = store.lanes().sweep(new int[] {from}, 0).ready();
            if (free.isEmpty()) {
                continue;
            }
            long seq = free.get(0).seq();
            if (limit > 1) {
                moves.moveSome(LaneRange.from(from, 5, seq), JobFilter.queue("any"), target, limit);
            } else {
                ids(store, schema, from, seq).forEach(id -> moves.move(id, target));
            }
        }
    }

    private static List<Long> ids(TestStore store, String schema, int queue, long seq) {
        return store.database()
                .alone(connection -> Query.list(
                        connection,
                        "select id from " + schema + ".job where queue_id = ? and lane = 5 and seq = ?",
                        null,
                        row -> row.getLong(1),
                        queue,
                        seq));
    }
}
