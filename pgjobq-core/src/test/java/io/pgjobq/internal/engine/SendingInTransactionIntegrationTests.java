package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgjobq.ReadOnlyTransactionException;
import io.pgjobq.SentJob;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.AlsoWithoutListening;
import io.pgjobq.test.NotThroughPgBouncer;
import io.pgjobq.test.PgBouncerMode;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

@PostgresTest
@AlsoThroughPgBouncer
@AlsoWithoutListening
class SendingInTransactionIntegrationTests {

    private TestDatabase database;
    private String queue = "";
    private final BlockingQueue<Integer> seen = new LinkedBlockingQueue<>();

    @BeforeEach
    void nameQueue(TestInfo test) {
        queue = test.getTestMethod().orElseThrow().getName();
    }

    @AfterEach
    void forgetJobs() {
        database.execute("truncate pgjobq.job");
    }

    @Test
    void aJobExistsWhenItsTransactionHasCommittedAndNotBefore() throws Exception {
        try (TestNode node = working(TestNode.listening(database))) {
            for (int i = 0; i < 20; i++) {
                int number = i;
                transactions().executeWithoutResult(status -> {
                    SentJob<Void> sent = node.sender().send(queue, number);
                    assertThat(exists(sent)).isFalse();
                    assertThat(seen).isEmpty();
                });
                assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo(number);
            }
        }
    }

    @Test
    @NotThroughPgBouncer(value = PgBouncerMode.POLL_ONLY, because = "a node that only polls announces nothing")
    void aJobOfATransactionThatIsRolledBackNeverExisted() throws Exception {
        try (TestNode node = working(TestNode.listening(database));
                Notifications notifications = Notifications.on(database, "pgjobq_jobs")) {
            node.pgJobQ().queues().create("marker");
            for (int i = 0; i < 5; i++) {
                transactions().executeWithoutResult(status -> {
                    node.sender().sendAll(queue, List.of(1, 2, 3));
                    node.sender().to(queue).delay(Duration.ofMillis(1)).send(4);
                    status.setRollbackOnly();
                });
            }
            assertThat(jobs()).isZero();
            // The node says things in the order in which they happen, so this comes after whatever it would say.
            node.sender().send("marker", 1);
            assertThat(notifications.until("r" + id("marker") + ":"))
                    .noneMatch(word -> word.startsWith("r" + id(queue)));
            assertThat(seen).isEmpty();
        }
    }

    @Test
    @NotThroughPgBouncer(value = PgBouncerMode.POLL_ONLY, because = "a node that only polls announces nothing")
    void allJobsOfATransactionWakeOthersOnce() throws Exception {
        try (TestNode node = TestNode.listening(database).start();
                Notifications notifications = Notifications.on(database, "pgjobq_jobs")) {
            node.pgJobQ().queues().create(queue);
            node.pgJobQ().queues().create("marker");
            long[] first = new long[1];
            transactions().executeWithoutResult(status -> {
                first[0] = node.sender().send(queue, 0).id();
                for (int i = 0; i < 100; i++) {
                    node.sender().send(queue, i);
                    node.sender().to(queue).priority(0).sendAll(List.of(1, 2));
                }
            });
            node.sender().send("marker", 1);
            String lane = "r" + id(queue) + ":";
            assertThat(notifications.until("r" + id("marker") + ":").stream().filter(word -> word.startsWith(lane)))
                    .containsExactlyInAnyOrder(lane + "5:" + first[0], lane + "0:" + (first[0] + 2));
        }
    }

    @Test
    void aJobThatIsCommittedBelowWhatWasTakenAlreadyIsRunAtOnce() throws Exception {
        try (TestNode worker = working(TestNode.listening(database));
                TestNode sender = TestNode.listening(database).start()) {
            for (int i = 0; i < 20; i++) {
                transactions().executeWithoutResult(status -> {
                    sender.sender().send(queue, -1);
                    TransactionTemplate other = transactions();
                    other.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
                    other.executeWithoutResult(inner -> worker.sender().send(queue, 1));
                    assertThat(poll()).isEqualTo(1);
                });
                assertThat(poll()).isEqualTo(-1);
            }
        }
    }

    @Test
    void aNestedTransactionTakesItsJobsWithIt() throws Exception {
        try (TestNode node = working(TestNode.listening(database))) {
            transactions().executeWithoutResult(status -> {
                node.sender().send(queue, 1);
                TransactionTemplate nested = transactions();
                nested.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
                nested.executeWithoutResult(inner -> {
                    node.sender().send(queue, 2);
                    inner.setRollbackOnly();
                });
                node.sender().send(queue, 3);
            });
            assertThat(List.of(poll(), poll())).containsExactlyInAnyOrder(1, 3);
            assertThat(jobsOrRun()).isEqualTo(2);
        }
    }

    @Test
    void aReadOnlyTransactionIsRefusedClearly() {
        try (TestNode node = working(TestNode.listening(database))) {
            TransactionTemplate readOnly = transactions();
            readOnly.setReadOnly(true);
            assertThatThrownBy(() -> readOnly.execute(status -> node.sender().send(queue, 1)))
                    .isInstanceOf(ReadOnlyTransactionException.class)
                    .hasMessage("queue '" + queue
                            + "': a job can't be sent in a read-only transaction; remove readOnly from its"
                            + " @Transactional");
            assertThatThrownBy(() -> readOnly.execute(status -> node.sender().sendAll(queue, List.of(1))))
                    .isInstanceOf(ReadOnlyTransactionException.class);
            // Only the server knows of this one.
            assertThatThrownBy(() -> transactions().execute(status -> {
                        new JdbcTemplate(database.dataSource()).execute("set transaction read only");
                        return node.sender().send(queue, 1);
                    }))
                    .isInstanceOf(ReadOnlyTransactionException.class)
                    .hasMessageContaining("send it in a transaction that may write, on the primary");
            assertThat(jobs()).isZero();
        }
    }

    @Test
    void aTransactionIsJoinedThroughATransactionAwareProxy() {
        TransactionAwareDataSourceProxy proxy = new TransactionAwareDataSourceProxy(database.dataSource());
        try (TestNode node = working(TestNode.listening(database, proxy, options -> options))) {
            transactions().executeWithoutResult(status -> {
                node.sender().send(queue, 1);
                assertThat(jobs()).isZero();
            });
            assertThat(poll()).isEqualTo(1);
        }
    }

    @Test
    void aTransactionThatTellsNobodyOfItsEndIsFoundByThePoll() {
        try (TestNode node = working(TestNode.polling(database.dataSource()))) {
            DataSourceTransactionManager silent = new DataSourceTransactionManager(database.dataSource());
            silent.setTransactionSynchronization(DataSourceTransactionManager.SYNCHRONIZATION_NEVER);
            new TransactionTemplate(silent).executeWithoutResult(status -> {
                SentJob<Void> sent = node.sender().send(queue, 1);
                assertThat(sent.id()).isPositive();
                assertThat(jobs()).isZero();
            });
            assertThat(poll()).isEqualTo(1);
        }
    }

    private TestNode working(TestNode node) {
        node.handle(queue, Integer.class, (number, context) -> seen.add(number));
        return node.start();
    }

    private TransactionTemplate transactions() {
        return new TransactionTemplate(new DataSourceTransactionManager(database.dataSource()));
    }

    private Integer poll() {
        try {
            Integer number = seen.poll(10, TimeUnit.SECONDS);
            assertThat(number).as("the job that runs").isNotNull();
            return number == null ? 0 : number;
        } catch (InterruptedException ex) {
            throw new IllegalStateException(ex);
        }
    }

    private int id(String name) {
        Integer id = database.queryOne("select id from pgjobq.queue where name = ?", Integer.class, name);
        return id == null ? 0 : id;
    }

    private boolean exists(SentJob<?> sent) {
        return Boolean.TRUE.equals(
                database.queryOne("select exists (select from pgjobq.job where id = ?)", Boolean.class, sent.id()));
    }

    private long jobs() {
        Long count = database.queryOne("select count(*) from pgjobq.job", Long.class);
        return count == null ? -1 : count;
    }

    private long jobsOrRun() {
        Long count = database.queryOne(
                "select (select count(*) from pgjobq.job where queue_id = q.id and lane < 11)"
                        + " + (select count(*) from pgjobq.finished_job where queue_id = q.id)"
                        + " from pgjobq.queue q where name = ?",
                Long.class,
                queue);
        return count == null ? -1 : count;
    }
}
