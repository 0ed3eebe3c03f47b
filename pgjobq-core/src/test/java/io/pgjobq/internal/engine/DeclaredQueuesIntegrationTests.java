package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgjobq.HistoryRetention;
import io.pgjobq.PgJobQ;
import io.pgjobq.QueueOptions;
import io.pgjobq.UnknownQueueException;
import io.pgjobq.internal.schema.SchemaMigration;
import io.pgjobq.test.LogLines;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import io.pgjobq.test.TestOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Whoever declares a queue may rely on it. */
@PostgresTest
class DeclaredQueuesIntegrationTests {

    private TestDatabase database;
    private String queue = "";
    private final BlockingQueue<Integer> seen = new LinkedBlockingQueue<>();

    @BeforeEach
    void nameQueue(TestInfo test) {
        queue = test.getTestMethod().orElseThrow().getName();
        new SchemaMigration(database.dataSource(), "pgjobq").migrate();
    }

    @Test
    void aSenderThatIsEarlierThanTheStartFindsTheDeclaredQueue() throws Exception {
        try (TestNode node = TestNode.listening(database)) {
            node.handle(queue, Integer.class, (number, context) -> seen.add(number));
            node.sender().send(queue, 1);
            node.sender().sendAll(queue, List.of(2, 3));
            node.start();
            assertThat(List.of(take(), take(), take())).containsExactlyInAnyOrder(1, 2, 3);
        }
    }

    @Test
    void aSenderThatIsEarlierThanTheDeclarationFindsTheQueueWithItsSettings() {
        TestOptions settings = TestNode.worker(1, 7, HistoryRetention.DEFAULT);
        try (PgJobQ early = PgJobQ.builder(database.dataSource())
                .queueDeclarations(name -> name.equals(queue) ? settings.queue() : null)
                .build()) {
            early.sender().send(queue, 1);
            assertThat(database.queryOne("select max_attempts from pgjobq.queue where name = ?", Integer.class, queue))
                    .isEqualTo(7);
            assertThatThrownBy(() -> early.sender().send("other", 1)).isInstanceOf(UnknownQueueException.class);
        }
    }

    @Test
    void aTransactionThatRollsBackLeavesTheDeclaredQueueAndNoJob() {
        TransactionTemplate transaction = new TransactionTemplate(new JdbcTransactionManager(database.dataSource()));
        try (TestNode node = TestNode.listening(database)) {
            node.handle(queue, Integer.class, (number, context) -> seen.add(number));
            transaction.executeWithoutResult(status -> {
                node.sender().send(queue, 1);
                status.setRollbackOnly();
            });
            assertThat(node.pgJobQ().queues().describe(queue).ready()).isZero();
            transaction.executeWithoutResult(status -> node.sender().send(queue, 2));
            assertThat(node.pgJobQ().queues().describe(queue).ready()).isEqualTo(1);
        }
    }

    @Test
    void whoIsNoNodeCreatesNoQueue() {
        try (PgJobQ sender =
                PgJobQ.builder(database.dataSource()).workerNode(false).build()) {
            sender.declareQueue(queue, QueueOptions.DEFAULT);
            assertThatThrownBy(() -> sender.sender().send(queue, 1)).isInstanceOf(UnknownQueueException.class);
        }
    }

    @Test
    void aQueueThatIsDeletedBehindItsIdleHandlersBackIsMadeAgainByTheNextHeartbeat() throws Exception {
        try (LogLines log = LogLines.capture();
                TestNode node = TestNode.listening(database)) {
            node.handle(queue, Integer.class, (number, context) -> seen.add(number));
            node.start();
            node.sender().send(queue, 1);
            assertThat(take()).isEqualTo(1);
            await().until(() -> node.pgJobQ().containers().get(0).activeJobs() == 0);
            for (int i = 2; i < 6; i++) {
                database.execute("delete from pgjobq.queue");
                await().atMost(Duration.ofSeconds(5))
                        .until(() -> node.pgJobQ().queues().names().contains(queue));
                database.execute("select pgjobq.send('" + queue + "', '" + i + "', 'Integer')");
                assertThat(take()).isEqualTo(i);
                assertThat(log.with("queue '" + queue + "': was deleted, and has been created again for its handler"))
                        .hasSize(i - 1);
            }
        }
    }

    private Integer take() throws InterruptedException {
        return seen.poll(10, TimeUnit.SECONDS);
    }
}
