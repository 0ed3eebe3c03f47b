package io.pgjobq.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.HistoryRetention;
import io.pgjobq.JobFilter;
import io.pgjobq.JobQuery;
import io.pgjobq.QueueLimits;
import io.pgjobq.Schedule;
import io.pgjobq.Unique;
import io.pgjobq.internal.database.SqlFiles;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** Runs every statement of the stores at least once, with rows to work on, and sees to it that none is left out. */
final class StoreTour {

    private final String schema;
    private final Set<String> seen = ConcurrentHashMap.newKeySet();

    StoreTour(String schema) {
        this.schema = schema;
    }

    /** A pool that notes what is run on it. */
    DataSource noting(DataSource pool) {
        return new DelegatingDataSource(pool) {
            @Override
            public Connection getConnection() throws SQLException {
                return noting(super.getConnection());
            }
        };
    }

    private Connection noting(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                StoreTour.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, args) -> {
                    if (method.getName().equals("prepareStatement")) {
                        seen.add((String) args[0]);
                    }
                    try {
                        return method.invoke(connection, args);
                    } catch (java.lang.reflect.InvocationTargetException ex) {
                        throw ex.getCause();
                    }
                });
    }

    /** All statements that were not run. */
    List<String> missing() throws IOException, URISyntaxException {
        SqlFiles files = new SqlFiles(schema);
        URL one = Objects.requireNonNull(JobStore.class.getResource("send.sql"));
        try (Stream<Path> paths = Files.list(Path.of(one.toURI()).getParent())) {
            return paths.map(path -> path.getFileName().toString())
                    .filter(name -> name.endsWith(".sql"))
                    .map(name -> name.substring(0, name.length() - 4))
                    .filter(name -> !seen.contains(files.get(name)))
                    .collect(Collectors.toList());
        }
    }

    /** Sends, runs, waits, looks. The pool of the store should be a noting one. */
    void sendAndRun(TestStore store) throws SQLException {
        store.database().inspect();
        // What each transaction begins with where the sessions come with another isolation.
        store.database().atomically(connection -> store.database().update(connection, "read_committed"));
        store.queues().settings(store.queue(), 5, new HistoryRetention(Duration.ofHours(1), Duration.ofDays(1)));
        store.finished().maintain();
        int node = store.node();
        assertThat(store.heartbeat(node).state()).isNotEqualTo(NodeRegistry.HeartbeatState.FENCED);
        store.send(new NewJob(TestStore.QUEUE, 3, 0L, null, "{\"tenant\": \"acme\"}", true), "");
        assertThat(store.sendClaimed(node, 0, 0).claimed()).isTrue();
        store.send(TestStore.delayedJob(1), "");
        List<Long> sent = store.sendAll(5, 4);
        assertThat(store.finished().await(new long[] {sent.get(0)})).hasSize(1);
        List<ClaimedJob> jobs =
                store.claim(node, 5).stream().filter(job -> job.priority() == 5).toList();
        assertThat(store.jobs()
                        .start(jobs.get(0).id(), jobs.get(0).seq(), jobs.get(0).claim()))
                .isInstanceOf(StartedJob.Payload.class);
        ProgressStore progress = new ProgressStore(store.database());
        assertThat(progress.record(List.of(new ReportedProgress(jobs.get(0), 1, 2, "tour")))
                        .awaited())
                .hasSize(1);
        assertThat(progress.find(new long[] {jobs.get(0).id()})).hasSize(1);
        store.succeed(jobs.subList(0, 1));
        assertThat(progress.sweep(null, 10).any()).isTrue();
        store.fail(jobs.get(1), null);
        store.fail(jobs.get(2), 0L);
        assertThat(store.transaction()
                        .<TransactionalEnd>execute(status -> store.settlements().complete(jobs.get(3), 1, null)))
                .isNotNull();
        assertThat(store.transaction().<TransactionalEnds>execute(status -> {
                    status.setRollbackOnly();
                    return store.settlements().completeAll(TestStore.succeeded(jobs.subList(3, 4)));
                }))
                .isNotNull();
        assertThat(store.outcome(sent.get(0)).state()).isEqualTo("succeeded");
        assertThat(store.lanes().promote(10, null).ready()).hasSize(1);
        assertThat(store.lanes().sweep(new int[] {store.queue()}, 0).ready()).isNotEmpty();
        assertThat(store.lanes().position()).isPositive();
        assertThat(store.lanes().unknownTypes(new LanePosition(store.queue(), 5, 0), new String[] {"x"}))
                .extracting(LaneStore.Unknown::type)
                .containsExactly("");
        look(store);
        assertThat(store.redrive(10).lanes()).hasSize(1);
        assertThat(store.release(store.claim(node, 2))).isNotEmpty();
        store.settlements().removeClaims(new long[] {1});
        assertThat(store.held(node)).isNotEmpty();
        store.database()
                .alone(connection -> store.jobs()
                        .send(
                                connection,
                                new NewJob(TestStore.QUEUE, 3, null, null, null, false),
                                "",
                                new byte[0],
                                new Notice("pgjobq_jobs", "n1 r")));
        try (Connection connection = store.dataSource().getConnection()) {
            assertThat(store.nodes().lock(connection, node)).isTrue();
            new NotificationStore(store.database()).listen(connection, List.of("x"));
        }
        new NotificationStore(store.database()).announce("x", "y");
    }

    private static void look(TestStore store) {
        JobQuery query = JobQuery.of(JobFilter.queue(TestStore.QUEUE)
                .error("a")
                .sentFrom(Instant.EPOCH)
                .finishedFrom(Instant.EPOCH));
        ListStore lists = store.lists(100);
        for (boolean newest : new boolean[] {true, false}) {
            JobQuery ordered = newest ? query.newestFirst() : query.oldestFirst();
            assertThat(lists.unfinished(null, ordered, null).jobs()).hasSize(1);
            assertThat(lists.dead(null, ordered, null).jobs()).hasSize(1);
            assertThat(lists.byId(null, ordered, null).jobs()).hasSize(1);
        }
        long dead = store.dead().get(0);
        assertThat(store.deadJobs().find(dead)).isPresent();
        assertThat(store.deadJobs().redrive(-dead, null, null)).isEmpty();
    }

    /** What maintenance and people do. */
    void lookAfter(TestStore store) {
        int dead = store.node();
        store.send();
        store.claimOne(dead);
        store.server().execute("update " + schema + ".node set heartbeat_at = now() - interval '1 hour'");
        int self = store.node();
        assertThat(store.nodes().declareDead(self, true))
                .extracting(NodeStore.DeadNode::id)
                .contains(dead);
        assertThat(store.nodes().rescue(10)).isNotEmpty();
        assertThat(store.queues().unknown()).isEmpty();
        assertThat(new LockStore(store.database()).held()).isEmpty();
        assertThat(store.queues().names()).contains(TestStore.QUEUE);
        assertThat(store.queues().describe(null)).isNotEmpty();
        assertThat(store.queues().limit(TestStore.QUEUE, QueueLimits.NONE)).isNotNull();
        assertThat(store.queues().declareLimits(store.queue(), QueueLimits.NONE))
                .isFalse();
        assertThat(store.queues().pause(TestStore.QUEUE, true)).isNotNull();
        assertThat(store.cancel(store.send())).isTrue();
        store.send();
        assertThat(store.cancellations()
                        .cancelSome(LaneRange.from(store.queue(), 5, 0), JobFilter.queue(TestStore.QUEUE), null, 100)
                        .cancelled())
                .isPositive();
        assertThat(store.cancellations().of(self)).isEmpty();
        MoveStore moves = new MoveStore(store.database());
        MoveStore.Target retyped = new MoveStore.Target(null, "other");
        assertThat(moves.move(store.send(), retyped).outcome()).isEqualTo(MoveStore.Outcome.MOVED);
        assertThat(moves.moveSome(LaneRange.from(store.queue(), 5, 0), JobFilter.queue(TestStore.QUEUE), retyped, 100)
                        .orElseThrow()
                        .moved())
                .isPositive();
        schedules(store, self);
        assertThat(TestUnique.send(store, Unique.key("tour"), "a")).hasSize(1);
        assertThat(store.jobs().sweepKeys(null, 10).any()).isTrue();
        KeyStore keys = new KeyStore(store.database());
        assertThat(keys.giveUp(store.queue(), new EndedTurns(List.of(1L), List.of(1L))))
                .isEmpty();
        assertThat(keys.sweep(null, 10).any()).isFalse();
        assertThat(store.jobs().find(store.send())).isPresent();
        assertThat(store.jobs().expired(1)).isEmpty();
        assertThat(store.jobs().nextDeadlineInMillis()).isNull();
        assertThat(store.jobs().expire(-1)).isFalse();
        assertThat(store.queues().delete(TestStore.QUEUE, true)).isNotNull();
        store.purge();
        store.finished().drop();
        store.leave(self);
    }

    private static void schedules(TestStore store, int self) {
        ScheduleStore schedules = new ScheduleStore(store.database());
        Schedule schedule =
                Schedule.of("tour", TestStore.QUEUE).every(Duration.ofHours(1)).build();
        assertThat(schedules.save(schedule, true, schedules.now().minusSeconds(1), null))
                .isTrue();
        schedules.declare(self, List.of("tour"));
        ScheduleStore.Due due = schedules.due(1).get(0);
        schedules.putOff(due, Duration.ZERO);
        assertThat(schedules.fire(List.of(new ScheduleStore.Move(
                        due, List.of(due.time()), due.now().plusSeconds(60)))))
                .hasSize(1);
        assertThat(schedules.nextInMillis()).isNotNull();
        assertThat(schedules.run("tour")).isNotNull();
        assertThat(schedules.pause("tour")).isTrue();
        assertThat(schedules.resume("tour", 2, schedules.now().plusSeconds(60))).isTrue();
        assertThat(schedules.find(List.of("tour"))).hasSize(1);
        assertThat(schedules.delete("tour")).isTrue();
    }
}
