package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.JobContext;
import io.pgjobq.NodeMonitor;
import io.pgjobq.NodeStatus;
import io.pgjobq.NonRetryableJobException;
import io.pgjobq.PgJobQ;
import io.pgjobq.WorkerContainer;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What a node tells of itself, and to those who watch it. */
@PostgresTest
class NodeMonitorIntegrationTests {

    private final TestDatabase database;
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final PgJobQ node;

    NodeMonitorIntegrationTests(TestDatabase database) {
        this.database = database;
        node = PgJobQ.builder(database.dataSource())
                .options(TestNode.options(Duration.ofMillis(50)))
                .listenConnections(database.isListenedTo() ? database::open : null)
                .monitors(List.of(new Telling()))
                .build();
        node.container("emails", List.of(TestNode.handler(String.class, (payload, job) -> {
            if (payload.equals("refused")) {
                throw new NonRetryableJobException("refused");
            }
            return null;
        })));
    }

    private final class Telling implements NodeMonitor {

        @Override
        public void sent(String queue, int jobs) {
            told.add("sent " + jobs);
        }

        @Override
        public void started(JobContext job, Duration waited) {
            told.add("started in time: " + (waited.toSeconds() < 10));
        }

        @Override
        public void succeeded(JobContext job, Duration ran, Duration age) {
            told.add("succeeded in time: " + (age.toSeconds() < 10 && age.compareTo(ran) >= 0));
        }

        @Override
        public void died(JobContext job, Duration ran, Throwable failure) {
            told.add("died of " + failure.getMessage());
        }

        @Override
        public void settled(int jobs, Duration took) {
            told.add("settled " + jobs + " " + !took.isZero());
        }

        @Override
        public void paused(String queue) {
            told.add("paused " + queue);
        }
    }

    @BeforeEach
    void start() {
        node.start();
        node.containers().forEach(WorkerContainer::start);
    }

    @AfterEach
    void stop() {
        node.containers().forEach(WorkerContainer::stop);
        node.queues().deleteWithJobs("emails");
        node.close();
    }

    @Test
    void theWayOfAJobIsTold() throws InterruptedException {
        node.sender().send("emails", "a").completion().join();
        assertTold("sent 1", "started in time: true", "succeeded in time: true", "settled 1 true");
        node.sender().send("emails", "refused").completion().join();
        assertTold("sent 1", "started in time: true", "died of refused", "settled 1 true");
    }

    @Test
    void whatIsSentInATransactionIsToldWhenItHasCommitted() throws InterruptedException {
        node.queues().pause("emails");
        assertTold("paused emails");
        TransactionTemplate transaction =
                new TransactionTemplate(new DataSourceTransactionManager(database.dataSource()));
        transaction.executeWithoutResult(status -> {
            node.sender().send("emails", "a");
            status.setRollbackOnly();
        });
        transaction.executeWithoutResult(status -> {
            node.sender().send("emails", "a");
            node.sender().sendAll("emails", List.of("b", "c"));
            assertThat(told).isEmpty();
        });
        assertTold("sent 3");
        assertThat(told).as("of what was rolled back").isEmpty();
    }

    @Test
    void aNodeKnowsHowItIs() {
        NodeStatus status = node.status();
        assertThat(status.number()).isPositive();
        assertThat(status.ready()).isTrue();
        assertThat(status.listening()).isEqualTo(database.isListenedTo());
        assertThat(status.heartbeatAge()).isLessThan(status.timeout());
        assertThat(status.problems()).isEmpty();
        node.stop();
        assertThat(node.status().number()).isZero();
        assertThat(node.status().ready()).isFalse();
    }

    /** In any order: the settler and the thread that runs the job don't wait for one another. */
    private void assertTold(String... expected) throws InterruptedException {
        List<String> left = new ArrayList<>(List.of(expected));
        while (!left.isEmpty()) {
            String next = told.poll(10, TimeUnit.SECONDS);
            assertThat(left).as("still to be told").contains(String.valueOf(next));
            left.remove(next);
        }
    }
}
