package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgjobq.JobFilter;
import io.pgjobq.JobOutcome;
import io.pgjobq.JobQuery;
import io.pgjobq.JobSender;
import io.pgjobq.NodeOptions;
import io.pgjobq.PgJobQ;
import io.pgjobq.QueueOptions;
import io.pgjobq.SentJob;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.AlsoWithoutListening;
import io.pgjobq.test.LogLines;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import io.pgjobq.test.TestRoles;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.dao.PermissionDeniedDataAccessException;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Whole applications under the shipped roles. */
@PostgresTest
@AlsoThroughPgBouncer
@AlsoWithoutListening
class RolesIntegrationTests {

    private static final String QUEUE = "emails";

    private final TestDatabase database;
    private final TestRoles roles;

    RolesIntegrationTests(TestDatabase database) {
        this.database = database;
        this.roles = TestRoles.on(database);
    }

    @Test
    void aNodeUnderTheWorkersRoleRunsRetriesBuriesAndLooksAfterAll() throws Exception {
        database.execute(sql("drop table if exists S.finished_job_20010101;"
                + " create table S.finished_job_20010101 partition of S.finished_job for values in ('2001-01-01');"
                + " alter table S.finished_job_20010101 owner to S_owner"));
        AtomicBoolean failed = new AtomicBoolean();
        DataSource pool = roles.login("worker").pool(6);
        TransactionTemplate transactions = new TransactionTemplate(new DataSourceTransactionManager(pool));
        try (LogLines log = LogLines.capture();
                PgJobQ node = node(roles.login("worker"), pool)) {
            node.container(
                    QUEUE,
                    List.of(
                            TestNode.handler(Integer.class, (number, job) -> {
                                if (number == 1 && !failed.getAndSet(true)) {
                                    throw new IllegalStateException("once");
                                }
                                return number + 1;
                            }),
                            TestNode.handler(String.class, (text, job) -> {
                                throw new IllegalStateException("always");
                            }),
                            TestNode.handler(Long.class, transactions, (number, job) -> number)),
                    TestNode.concurrency(4).queue(),
                    TestNode.concurrency(4).container());
            node.start();
            leaveAJobOfADeadNode(node.sender());
            node.containers().get(0).start();

            assertThat(result(node.sender().to(QUEUE).send(1, Integer.class))).isEqualTo(2);
            assertThat(result(node.sender().to(QUEUE).send(7L, Long.class))).isEqualTo(7L);
            assertThat(end(node.sender().to(QUEUE).send("x", Void.class))).isInstanceOf(JobOutcome.Dead.class);
            assertThat(TestNode.dead(node, QUEUE)).hasSize(1);
            assertThat(node.deadJobs().redriveAll(JobFilter.queue(QUEUE))).isEqualTo(1);
            await().until(() -> TestNode.dead(node, QUEUE).size() == 1);
            SentJob<Integer> later =
                    node.sender().to(QUEUE).delay(Duration.ofMillis(50)).send(3, Integer.class);
            assertThat(result(later)).isEqualTo(4);
            await().until(() -> !log.with("rescued 1 jobs").isEmpty());
            await().until(() ->
                    database.queryOne(sql("select count(*) from S.job where type = 'Integer'"), Integer.class) == 0);
            assertThat(log.with("history: dropped finished_job_20010101")).hasSize(1);
            assertThat(log.with("interrupted")).isEmpty();
            assertThat(log.with("denied")).isEmpty();
        }
    }

    @Test
    void anApplicationUnderTheSendersRoleSendsAndAWorkerIsWokenByIt() throws Exception {
        try (LogLines log = LogLines.capture();
                PgJobQ worker =
                        node(roles.login("worker"), roles.login("worker").pool(5));
                PgJobQ sender = sender("sender")) {
            worker.container(
                    QUEUE,
                    List.of(TestNode.handler(Integer.class, (number, job) -> number + 1)),
                    TestNode.concurrency(2).queue(),
                    TestNode.concurrency(2).container());
            worker.start();
            worker.containers().get(0).start();
            sender.declareQueue("of-others", QueueOptions.DEFAULT);
            sender.start();

            SentJob<Void> sent = sender.sender().send(QUEUE, 1);
            sender.sender().sendAll(QUEUE, List.of(2, 3, 4));

            assertThat(worker.completions()
                            .completion(sent.id(), Integer.class)
                            .get(20, TimeUnit.SECONDS)
                            .resultOrThrow())
                    .isEqualTo(2);
            await().until(() ->
                    Integer.valueOf(0).equals(database.queryOne(sql("select count(*) from S.job"), Integer.class)));
            assertThat(database.queryOne(sql("select count(*) from S.node"), Integer.class))
                    .as("the sender is no node")
                    .isEqualTo(1);
            assertThat(worker.queues().names()).containsExactly(QUEUE);
            assertThatThrownBy(() -> sender.jobs().cancel(sent.id()))
                    .isInstanceOf(PermissionDeniedDataAccessException.class)
                    .hasMessageContaining("permission denied for function cancel");
            assertThat(log.with("denied")).isEmpty();
        }
    }

    @Test
    void waitingUnderTheSendersRoleIsRefusedAtOnceAndInWords() {
        database.execute(sql("insert into S.queue (name) values ('emails')"));
        try (PgJobQ sender = sender("sender")) {
            sender.start();
            SentJob<Integer> sent = sender.sender().to(QUEUE).send(1, Integer.class);

            assertThatThrownBy(() -> sent.completion().get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(PermissionDeniedDataAccessException.class)
                    .hasMessage("job " + sent.id() + ": its end can't be waited for, since the database's role may send"
                            + " but not see how jobs end; grant it the waiter's role of docs/roles.sql");
            assertThat(database.queryOne(sql("select count(*) from S.job"), Integer.class))
                    .as("the job is none the worse for it")
                    .isEqualTo(1);
        }
    }

    @Test
    void aSenderThatIsAWaiterTooIsToldHowItsJobsEnd() throws Exception {
        try (PgJobQ worker = node(roles.login("worker"), roles.login("worker").pool(5));
                PgJobQ sender = sender("sender", "waiter")) {
            worker.container(
                    QUEUE,
                    List.of(TestNode.handler(Integer.class, (number, job) -> number + 1)),
                    TestNode.concurrency(2).queue(),
                    TestNode.concurrency(2).container());
            worker.start();
            sender.start();
            SentJob<Integer> sent = sender.sender().to(QUEUE).send(1, Integer.class);
            worker.containers().get(0).start();

            assertThat(result(sent)).isEqualTo(2);
        }
    }

    @Test
    void anApplicationUnderTheReadersRoleShowsTheQueues() {
        database.execute(sql("insert into S.queue (name) values ('emails'); select S.send('emails', '1')"));
        try (PgJobQ dashboard = sender("reader")) {
            dashboard.start();

            assertThat(dashboard.queues().describe(QUEUE).ready()).isEqualTo(1);
            assertThatThrownBy(() -> dashboard.queues().pause(QUEUE))
                    .isInstanceOf(PermissionDeniedDataAccessException.class);
            assertThatThrownBy(() -> dashboard.jobs().list(JobQuery.of(JobFilter.queue(QUEUE))))
                    .isInstanceOf(PermissionDeniedDataAccessException.class);
        }
    }

    @Test
    void aNodeUnderTheWrongRoleDoesNotStartAndSaysWhatItLacks() {
        DataSource pool = roles.login("sender").pool(2);
        try (PgJobQ node = node(roles.login("sender"), pool)) {
            node.container(
                    QUEUE,
                    List.of(TestNode.handler(Integer.class, (n, job) -> n)),
                    TestNode.concurrency(1).queue(),
                    TestNode.concurrency(1).container());

            assertThatThrownBy(node::start)
                    .isInstanceOf(PermissionDeniedDataAccessException.class)
                    .hasMessageContaining("permission denied")
                    .hasMessageContaining("docs/roles.sql");
        }
    }

    @Test
    void anApplicationThatIsNoNodeCanHaveNoContainer() {
        try (PgJobQ sender = sender("sender")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> sender.container(QUEUE, List.of()))
                    .withMessageContaining("workerNode");
        }
    }

    private void leaveAJobOfADeadNode(JobSender sender) {
        long id = sender.send(QUEUE, 40).id();
        database.execute(sql("insert into S.node (token, name, heartbeat_at, heartbeat_every, silence_allowed)"
                + " values (1, 'dead', now() - interval '1 hour', '1 s', '2 s');"
                + " insert into S.claim (id, node_id, queue_id, lane, max_seq, seqs)"
                + " select (n.id::bigint << 37) + 1, n.id, j.queue_id, j.lane, j.seq, array[j.seq]"
                + " from S.job j, S.node n where n.name = 'dead' and j.id = " + id));
    }

    private PgJobQ node(TestDatabase.Login login, DataSource pool) {
        return PgJobQ.builder(pool)
                .options(options())
                .listenConnections(login::open)
                .migrate(false)
                .build();
    }

    private PgJobQ sender(String... groups) {
        TestDatabase.Login login = roles.login(groups);
        return PgJobQ.builder(login.pool(3))
                .options(options())
                .listenConnections(login::open)
                .migrate(false)
                .workerNode(false)
                .build();
    }

    private NodeOptions options() {
        NodeOptions d = TestNode.options(Duration.ofMillis(500));
        return d.toBuilder().schema(roles.schema()).build();
    }

    private static <R> JobOutcome<R> end(SentJob<R> job) throws Exception {
        return job.completion().get(20, TimeUnit.SECONDS);
    }

    private static <R> R result(SentJob<R> job) throws Exception {
        return end(job).resultOrThrow();
    }

    private String sql(String statement) {
        return statement.replaceAll("\\bS(?=[._])", roles.schema());
    }
}
