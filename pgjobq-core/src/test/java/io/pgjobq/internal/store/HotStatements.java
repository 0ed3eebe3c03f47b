package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.HistoryRetention;
import io.pgjobq.JobFilter;
import io.pgjobq.JobQuery;
import io.pgjobq.JobState;
import io.pgjobq.KeyOrder;
import io.pgjobq.QueueLimits;
import io.pgjobq.Rate;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/** Everything that nodes do again and again, once, on a connection that tells how the server does it. */
final class HotStatements {

    /** How many jobs are sent, taken and ended in one statement. */
    static final int BATCH = 100;

    private final TestStore store;
    private final ExplainedConnection connection;
    private final Map<String, List<Plan>> plans = new LinkedHashMap<>();

    private HotStatements(TestStore store, ExplainedConnection connection) {
        this.store = store;
        this.connection = connection;
    }

    /** Returns for each statement how it was run, and how those in its functions were. */
    static Map<String, List<Plan>> run(TestStore store, ExplainedConnection connection) {
        HotStatements statements = new HotStatements(store, connection);
        int node = store.node();
        statements.send(node);
        statements.end(node);
        statements.goOverOthers(node);
        statements.takeLargerPayloads(node);
        statements.takeWithinLimits(node);
        statements.takeTurns(node);
        statements.endWithoutHistory(node);
        statements.giveBack(node);
        statements.list(node);
        statements.lookAfter(node);
        store.leave(node);
        connection.take();
        return statements.plans;
    }

    /** How many pages each statement touched. */
    static Map<String, Long> pages(Map<String, List<Plan>> plans) {
        Map<String, Long> pages = new LinkedHashMap<>();
        plans.forEach((statement, runs) ->
                pages.put(statement, runs.get(runs.size() - 1).pages()));
        return pages;
    }

    /** Looks by id, as if the table had always been empty. */
    static void lookForWhatIsNotThere(TestStore store) {
        long[] none = {-1};
        assertThat(store.jobs().start(none[0], none[0], none[0])).isInstanceOf(StartedJob.Gone.class);
        assertThat(store.finished().await(none)).isEmpty();
        assertThat(store.finished().outcomes(none)).hasSize(1);
        assertThat(store.cancel(none[0])).isFalse();
        assertThat(store.jobs().find(none[0])).isEmpty();
    }

    private void send(int node) {
        connection.take();
        store.send();
        note("send");
        long hint = store.value("select last_value from pgjobq.job_seq", Long.class);
        connection.take();
        assertThat(store.sendClaimed(node, 5, hint + 1).claimed()).isTrue();
        note("send_claimed");
        store.sendAll(5, BATCH);
        note("send_all");
        store.send(TestStore.delayedJob(1), "");
        note("send_later");
    }

    private void end(int node) {
        // Where a node goes on that has seen all that lies behind.
        long hint = store.value("select last_value from pgjobq.job_seq", Long.class) - BATCH - 1;
        List<ClaimedJob> jobs =
                store.jobs().claim(store.requestFrom(node, BATCH, 5, hint)).jobs();
        note("claim");
        assertThat(jobs).hasSize(BATCH);
        ClaimedJob one = jobs.get(0);
        store.finished().await(new long[] {one.id()});
        note("await");
        store.jobs().start(one.id(), one.seq(), one.claim());
        note("start_job");
        assertThat(store.jobs().find(one.id())).isPresent();
        note("find_job");
        ProgressStore progress = new ProgressStore(store.database());
        progress.record(
                jobs.stream().map(job -> new ReportedProgress(job, 1, 2, null)).toList());
        note("record_progress");
        assertThat(progress.find(new long[] {one.id()})).hasSize(1);
        note("find_progress");
        assertThat(progress.sweep(null, BATCH).any()).isTrue();
        note("sweep_progress");
        assertThat(store.transaction()
                        .<TransactionalEnd>execute(status -> store.settlements().complete(one, 1, null)))
                .isNotNull();
        note("complete");
        assertThat(store.fail(jobs.get(1), 0L)).hasSize(1);
        note("settle_failed");
        List<ClaimedJob> batch = jobs.subList(2, BATCH / 2);
        assertThat(store.transaction()
                        .<TransactionalEnds>execute(
                                status -> store.settlements().completeAll(TestStore.succeeded(batch))))
                .satisfies(ends -> assertThat(ends.held()).hasSize(BATCH / 2 - 2));
        note("complete_all");
        List<ClaimedJob> rest = jobs.subList(BATCH / 2, BATCH);
        assertThat(store.succeed(rest, one.claim()).settled()).hasSize(BATCH / 2);
        note("settle_succeeded");
        store.send(TestStore.awaitedJob(), "");
        ClaimedJob alone = store.jobs()
                .claim(store.requestFrom(node, 1, 5, hint + BATCH))
                .jobs()
                .get(0);
        connection.take();
        assertThat(store.succeed(List.of(alone), alone.claim()).awaited()).hasSize(1);
        note("settle_succeeded alone");
        store.settlements().removeClaims(new long[] {one.claim()});
        note("remove_claims");
        assertThat(store.finished()
                        .outcomes(
                                TestStore.ids(jobs).stream().mapToLong(id -> id).toArray()))
                .hasSize(BATCH);
        note("outcomes");
    }

    /** A claim of as many as are allowed, and one that comes too late. */
    private void takeWithinLimits(int node) {
        long first = store.sendAll(5, BATCH).get(0);
        limit(1_000_000);
        connection.take();
        List<ClaimedJob> jobs =
                store.jobs().claim(store.requestFrom(node, BATCH, 5, first)).jobs();
        note("claim within limits");
        assertThat(jobs).hasSize(BATCH);
        limit(BATCH / 2);
        connection.take();
        assertThat(store.jobs().claim(store.requestFrom(node, BATCH, 5, first)).jobs())
                .isEmpty();
        note("claim beyond limits");
        store.succeed(jobs, jobs.get(0).claim());
        store.queues().limit(TestStore.QUEUE, QueueLimits.NONE);
        connection.take();
    }

    private void takeTurns(int node) {
        store.queues()
                .limit(
                        TestStore.QUEUE,
                        QueueLimits.builder().orderPerKey(KeyOrder.STRICT).build());
        KeyStore keys = new KeyStore(store.database());
        long first = sendKeyed(BATCH);
        connection.take();
        List<ClaimedJob> jobs =
                store.jobs().claim(store.requestFrom(node, BATCH, 5, first)).jobs();
        note("claim of keys");
        assertThat(jobs).hasSize(BATCH / 2);
        assertThat(store.jobs().claim(store.requestFrom(node, BATCH, 5, first)).jobs())
                .isEmpty();
        note("claim behind keys");
        store.succeed(jobs, jobs.get(0).claim());
        connection.take();
        assertThat(keys.giveUp(store.queue(), EndedTurns.of(jobs))).hasSize(BATCH / 2);
        note("give_up_keys");
        List<ClaimedJob> rest =
                store.jobs().claim(store.requestFrom(node, BATCH, 5, first)).jobs();
        assertThat(rest).hasSize(BATCH / 2);
        store.succeed(rest, rest.get(0).claim());
        connection.take();
        keys.sweep(null, BATCH);
        note("sweep_holds");
        store.queues().limit(TestStore.QUEUE, QueueLimits.NONE);
        // As if it had never had any.
        store.value("update pgjobq.queue set per_key = null where per_key is not null returning id", Integer.class);
        connection.take();
    }

    /** As many jobs of half as many keys; returns the first. */
    private long sendKeyed(int count) {
        String[] keys = IntStream.range(0, count).mapToObj(i -> "key-" + i / 2).toArray(String[]::new);
        return TestKeys.send(store, TestStore.job(5), "", keys).get(0);
    }

    private void limit(int concurrency) {
        QueueLimits limits = QueueLimits.builder()
                .concurrency(concurrency)
                .rate(Rate.perMinute(100 * BATCH))
                .burst(100 * BATCH)
                .build();
        store.queues().limit(TestStore.QUEUE, limits);
    }

    private void endWithoutHistory(int node) {
        store.queues().settings(store.queue(), 10, new HistoryRetention(Duration.ZERO, Duration.ofDays(30)));
        List<Long> sent = store.sendAll(5, BATCH);
        List<ClaimedJob> jobs = store.jobs()
                .claim(store.requestFrom(node, BATCH, 5, sent.get(0)))
                .jobs();
        connection.take();
        assertThat(store.succeed(jobs, jobs.get(0).claim()).settled()).hasSize(BATCH);
        note("settle_succeeded without history");
        store.queues().settings(store.queue(), 10, new HistoryRetention(Duration.ofDays(1), Duration.ofDays(30)));
        connection.take();
    }

    /** As one of several nodes on a backlog: the rest has been taken by another since this one's last claim. */
    private void goOverOthers(int node) {
        List<Long> sent = store.sendAll(5, 3 * BATCH);
        Claimed last = store.jobs().claim(store.requestFrom(node, BATCH, 5, sent.get(0)));
        Claimed others = store.jobs().claim(store.requestAfter(last, BATCH, Long.MAX_VALUE));
        connection.take();
        Claimed next = store.jobs().claim(store.requestAfter(last, BATCH, Long.MAX_VALUE));
        note("claim behind others");
        for (Claimed each : List.of(last, others, next)) {
            assertThat(each.jobs()).hasSize(BATCH);
            assertThat(store.succeed(each.jobs(), each.jobs().get(0).claim()).settled())
                    .hasSize(BATCH);
        }
        connection.take();
    }

    /** Those that the claim reads by a statement of their own. */
    private void takeLargerPayloads(int node) {
        long from = store.send(TestStore.job(5), "", new byte[600]);
        for (int i = 1; i < BATCH; i++) {
            store.send(TestStore.job(5), "", new byte[600]);
        }
        connection.take();
        List<ClaimedJob> jobs =
                store.jobs().claim(store.requestFrom(node, BATCH, 5, from)).jobs();
        note("claim of larger payloads");
        assertThat(jobs).hasSize(BATCH).allMatch(job -> Objects.requireNonNull(job.payload()).length == 600);
        assertThat(store.succeed(jobs, jobs.get(0).claim()).settled()).hasSize(BATCH);
        connection.take();
    }

    private void giveBack(int node) {
        long hint = store.value("select last_value from pgjobq.job_seq", Long.class) - BATCH;
        List<Long> sent = store.sendAll(5, BATCH);
        connection.take();
        List<ClaimedJob> jobs = store.jobs()
                .claim(store.requestFrom(node, BATCH / 2, 5, Math.max(hint, sent.get(0))))
                .jobs();
        connection.take();
        store.release(jobs, jobs.get(0).claim());
        note("release");
        assertThat(store.cancel(jobs.get(0).id())).isTrue();
        note("cancel");
        MoveStore moves = new MoveStore(store.database());
        connection.take();
        assertThat(moves.move(jobs.get(BATCH / 2 - 1).id(), new MoveStore.Target(null, "T"))
                        .outcome())
                .isEqualTo(MoveStore.Outcome.MOVED);
        note("move");
        List<ClaimedJob> held = store.jobs()
                .claim(store.requestFrom(node, 10, 5, jobs.get(1).seq()))
                .jobs();
        connection.take();
        CancellationStore.Part part = store.cancellations()
                .cancelSome(
                        LaneRange.from(store.queue(), 5, held.get(0).seq()),
                        JobFilter.queue(TestStore.QUEUE),
                        null,
                        BATCH / 2);
        note("cancel_some");
        assertThat(part.requested()).isEqualTo(10);
        assertThat(part.cancelled()).isEqualTo(BATCH / 2 - 10);
        assertThat(store.cancellations().of(node)).hasSize(10);
        note("cancellations");
        store.server().execute("delete from pgjobq.cancellation");
        MoveStore.Part moved = moves.moveSome(
                        LaneRange.from(store.queue(), 5, held.get(0).seq()),
                        JobFilter.queue(TestStore.QUEUE),
                        new MoveStore.Target(null, "T"),
                        BATCH / 2)
                .orElseThrow();
        note("move_some");
        assertThat(moved.held()).isEqualTo(10);
        assertThat(moved.moved()).isEqualTo(BATCH / 2 - 10);
        store.succeed(held, held.get(0).claim());
        connection.take();
    }

    /** With a filter that means none, so that each look goes as far as it may. */
    private void list(int node) {
        long id = store.send();
        ClaimedJob last =
                store.jobs().claim(store.requestFrom(node, 1, 5, id)).jobs().get(0);
        store.fail(last, null);
        connection.take();
        ListStore lists = store.lists(BATCH);
        JobQuery none = JobQuery.of(JobFilter.queue(TestStore.QUEUE).attribute("no", "such"));
        for (JobQuery query : List.of(none, none.oldestFirst())) {
            String order = query.isNewestFirst() ? " newest first" : "";
            assertThat(lists.unfinished(store.queue(), query, null).jobs()).isEmpty();
            note("list_unfinished" + order);
            JobQuery running = query.states(JobState.RUNNING);
            assertThat(lists.unfinished(store.queue(), running, null).jobs()).isEmpty();
            note("list_unfinished running" + order);
            assertThat(lists.dead(store.queue(), query, null).jobs()).isEmpty();
            note("list_dead" + order);
            assertThat(lists.byId(store.queue(), query, null).jobs()).isEmpty();
            note("list_by_id" + order);
        }
        assertThat(store.deadJobs()
                        .redriveSome(store.queue(), none.filter(), BATCH, null, null, null)
                        .lanes())
                .isEmpty();
        note("redrive_some");
        assertThat(store.deadJobs().find(last.id())).isPresent();
        note("dead_job");
        assertThat(store.deadJobs().redrive(last.id(), null, null)).hasSize(1);
        note("redrive");
    }

    private void lookAfter(int node) {
        store.heartbeat(node);
        note("heartbeat");
        store.nodes().declareDead(node, true);
        note("declare_dead");
        store.lanes().promote(BATCH, null);
        note("promote");
        store.lanes().sweep(new int[] {store.queue()}, 0);
        note("sweep");
        store.lanes().position();
        note("sequence_position");
        store.lanes().unknownTypes(new LanePosition(store.queue(), 5, 0), new String[] {""});
        note("unknown_types");
        store.queues().unknown();
        note("unknown_queues");
        store.purge();
        note("purge_queues");
        store.queues().create("gone");
        connection.take();
        store.queues().delete("gone", false);
        note("delete_queue");
        store.purge();
        note("purge_queues of a deleted one");
        store.held(node);
        note("own_claims");
        store.queues().describe(TestStore.QUEUE);
        note("describe_queue");
        int dead = store.node();
        store.claim(dead, BATCH / 2);
        store.leave(dead);
        connection.take();
        store.nodes().rescue(10);
        note("rescue");
    }

    private void note(String statement) {
        plans.put(statement, connection.take());
    }
}
