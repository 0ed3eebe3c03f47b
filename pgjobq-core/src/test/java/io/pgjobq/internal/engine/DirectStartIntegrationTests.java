package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgjobq.WorkerContainer;
import io.pgjobq.internal.notify.LocalDispatch.WorkerSlot;
import io.pgjobq.internal.worker.QueueContainer;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** A node that has nothing to do runs what is sent to it without asking for it. */
@PostgresTest
class DirectStartIntegrationTests {

    private TestDatabase database;
    private String queue = "";
    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

    @BeforeEach
    void nameQueue(TestInfo test) {
        queue = test.getTestMethod().orElseThrow().getName();
    }

    @Test
    void aJobStartsWhereItIsSentWhileNobodyCanTakeAny() throws Exception {
        try (TestNode node = TestNode.listening(database);
                Connection other = database.open()) {
            handle(node, 10);
            startIdle(node);
            stopClaims(other);

            for (int i = 0; i < 50; i++) {
                node.sender().send(queue, "job " + i);
                assertThat(next()).isEqualTo("job " + i);
            }
            assertThat(database.queryOne(
                            "select count(*) from pg_locks where locktype = 'advisory' and not granted"
                                    + " and database = (select oid from pg_database where datname = current_database())",
                            Long.class))
                    .as("nobody even tried")
                    .isZero();
        }
    }

    @Test
    void itsEndIsRecordedAsThatOfAnyOther() throws Exception {
        try (TestNode node = TestNode.listening(database)) {
            node.handle(queue, TestNode.concurrency(3), TestNode.handler(String.class, (text, context) -> text + "!"));
            startIdle(node);
            for (int i = 0; i < 200; i++) {
                assertThat(node.sender()
                                .to(queue)
                                .send("job " + i, String.class)
                                .completion()
                                .get(10, TimeUnit.SECONDS)
                                .resultOrThrow())
                        .isEqualTo("job " + i + "!");
            }
            await().untilAsserted(() -> assertThat(database.queryOne("select count(*) from pgjobq.claim", Long.class))
                    .isZero());
        }
    }

    @Test
    void whatHasToBeTakenWaits() throws Exception {
        try (TestNode node = TestNode.listening(database);
                Connection other = database.open()) {
            handle(node, 10);
            startIdle(node);
            stopClaims(other);

            node.sender().to(queue).type("nobody handles this").send("of another type");
            node.sender().send(queue, "behind it");
            awaitNotGranted();
            assertThat(seen).isEmpty();
            other.rollback();

            assertThat(next()).isEqualTo("behind it");
        }
    }

    @Test
    void whereOneRunsAtATimeTheNextWaits() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (TestNode node = TestNode.listening(database);
                Connection other = database.open()) {
            node.handle(queue, TestNode.concurrency(1), TestNode.handler(String.class, (text, context) -> {
                seen.add(text);
                go.await();
                return null;
            }));
            startIdle(node);
            stopClaims(other);

            node.sender().send(queue, "first");
            assertThat(next()).isEqualTo("first");
            node.sender().send(queue, "second");
            node.sender().send(queue, "third");
            go.countDown();
            awaitNotGranted();
            assertThat(seen).isEmpty();
            other.rollback();

            assertThat(next()).isEqualTo("second");
            assertThat(next()).isEqualTo("third");
        }
    }

    @Test
    void thePayloadIsTheHandlersOwn() throws Exception {
        CountDownLatch changed = new CountDownLatch(1);
        try (TestNode node = TestNode.listening(database)) {
            node.handle(queue, TestNode.concurrency(1), TestNode.handler(byte[].class, (bytes, context) -> {
                changed.await();
                return seen.add(new String(bytes, StandardCharsets.UTF_8));
            }));
            startIdle(node);
            byte[] payload = {'a'};
            node.sender().send(queue, payload);
            payload[0] = 'b';
            changed.countDown();
            assertThat(next()).isEqualTo("a");
        }
    }

    /** The sender is told that it failed; the job is there all the same, claimed for a node that knows nothing of it. */
    @RepeatedTest(5)
    void aJobWhoseAnswerWasLostIsGivenBack() throws Exception {
        AtomicInteger toLose = new AtomicInteger(1);
        try (TestNode node = TestNode.listening(database, losing(toLose), options -> options)) {
            handle(node, 10);
            startIdle(node);

            assertThatThrownBy(() -> node.sender().send(queue, "sent in vain")).hasMessageContaining("was lost");

            assertThat(next()).isEqualTo("sent in vain");
            node.sender().send(queue, "the next");
            assertThat(next()).isEqualTo("the next");
        }
    }

    @Test
    void aContainerThatStopsWaitsForOneThatIsBeingSent() throws Exception {
        try (TestNode node = TestNode.listening(database);
                Connection other = database.open()) {
            WorkerContainer container = handle(node, 10);
            startIdle(node);
            other.setAutoCommit(false);
            try (Statement statement = other.createStatement()) {
                statement.execute("lock table pgjobq.claim in share mode");
            }
            Thread sender = new Thread(() -> node.sender().send(queue, "late"));
            sender.start();
            awaitNotGranted();
            CountDownLatch stopped = new CountDownLatch(1);
            container.stop(stopped::countDown);
            assertThat(stopped.await(200, TimeUnit.MILLISECONDS)).isFalse();

            other.rollback();

            assertThat(stopped.await(10, TimeUnit.SECONDS)).isTrue();
            sender.join();
            assertThat(seen).isEmpty();
            assertThat(database.queryOne(
                            "select count(*) from pgjobq.claim c join pgjobq.queue q on q.id = c.queue_id where q.name = '"
                                    + queue + "'",
                            Long.class))
                    .as("it was given back")
                    .isZero();
            container.start();
            assertThat(next()).isEqualTo("late");
        }
    }

    private WorkerContainer handle(TestNode node, int concurrency) {
        return node.handle(
                queue,
                TestNode.concurrency(concurrency),
                TestNode.handler(String.class, (text, context) -> seen.add(text)));
    }

    /** Starts, and has looked everywhere. */
    private void startIdle(TestNode node) {
        node.start();
        await().pollInterval(Duration.ofMillis(1)).until(() -> {
            QueueContainer container =
                    (QueueContainer) node.pgJobQ().containers().get(0);
            WorkerSlot vacancy = container.reserve(5, "");
            if (vacancy != null) {
                vacancy.leave();
            }
            return vacancy != null;
        });
    }

    /** Nobody can take jobs before the transaction ends. */
    private void stopClaims(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "select pg_advisory_xact_lock('pgjobq.job'::regclass::oid::integer, id) from pgjobq.queue");
        }
    }

    private void awaitNotGranted() {
        await().until(() -> Objects.requireNonNull(database.queryOne(
                "select exists (select from pg_locks where not granted and database ="
                        + " (select oid from pg_database where datname = current_database()))",
                Boolean.class)));
    }

    private String next() throws InterruptedException {
        return Objects.requireNonNull(seen.poll(10, TimeUnit.SECONDS), "no job started");
    }

    /** A pool over which the answers to the first sends of that kind are lost. */
    private DataSource losing(AtomicInteger count) {
        return new DelegatingDataSource(database.dataSource()) {
            @Override
            public Connection getConnection() throws SQLException {
                Connection connection = super.getConnection();
                return proxy(Connection.class, connection, (name, argument, result) -> {
                    boolean sends = name.equals("prepareStatement") && argument.contains("send_claimed");
                    return sends
                            ? proxy(PreparedStatement.class, (PreparedStatement) result, (call, none, answer) -> {
                                if (call.equals("execute") && count.getAndDecrement() > 0) {
                                    throw new SQLException("the answer was lost", "08006");
                                }
                                return answer;
                            })
                            : result;
                });
            }
        };
    }

    @FunctionalInterface
    private interface Answer {

        Object of(String method, String argument, Object result) throws SQLException;
    }

    private static <T> T proxy(Class<T> type, T target, Answer answer) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
            try {
                Object result = method.invoke(target, args);
                String argument = args != null && args.length > 0 && args[0] instanceof String text ? text : "";
                return answer.of(method.getName(), argument, result);
            } catch (InvocationTargetException ex) {
                throw ex.getCause();
            }
        }));
    }
}
