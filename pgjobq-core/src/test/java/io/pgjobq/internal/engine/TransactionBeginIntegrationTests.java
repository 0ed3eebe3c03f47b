package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import io.pgjobq.test.TestOptions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.InvalidIsolationLevelException;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

@PostgresTest
class TransactionBeginIntegrationTests {

    @Test
    void aJobIsChargedNothingForATransactionThatCouldNotBegin(TestDatabase database) throws Exception {
        AtomicInteger refusals = new AtomicInteger(2);
        DataSourceTransactionManager exhausted = new DataSourceTransactionManager(database.dataSource()) {

            @Override
            protected void doBegin(Object transaction, TransactionDefinition definition) {
                if (refusals.getAndDecrement() > 0) {
                    throw new CannotCreateTransactionException("no connection to be had");
                }
                super.doBegin(transaction, definition);
            }
        };
        CompletableFuture<Integer> attempt = new CompletableFuture<>();
        try (TestNode node = TestNode.listening(database)) {
            node.handle(
                    "work",
                    TestOptions.DEFAULT,
                    TestNode.handler(String.class, new TransactionTemplate(exhausted), (payload, job) -> {
                        attempt.complete(job.attempt());
                        return null;
                    }));
            node.start();

            node.pgJobQ().sender().send("work", "something");

            assertThat(attempt.get(20, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(refusals).hasNegativeValue();
        }
    }

    @Test
    void aQueueWhoseTransactionsCantBeginTriesFewOfThem(TestDatabase database) throws Exception {
        AtomicInteger begins = new AtomicInteger();
        CountDownLatch severalRests = new CountDownLatch(1);
        long began = System.nanoTime();
        DataSourceTransactionManager refusing = new DataSourceTransactionManager(database.dataSource()) {

            @Override
            protected void doBegin(Object transaction, TransactionDefinition definition) {
                begins.incrementAndGet();
                if (System.nanoTime() - began > TimeUnit.SECONDS.toNanos(3)) {
                    severalRests.countDown();
                }
                throw new InvalidIsolationLevelException("no such level");
            }
        };
        try (TestNode node = TestNode.listening(database)) {
            node.handle(
                    "work",
                    TestNode.concurrency(2),
                    TestNode.handler(String.class, new TransactionTemplate(refusing), (payload, job) -> null));
            node.start();
            for (int i = 0; i < 50; i++) {
                node.pgJobQ().sender().send("work", "something");
            }
            assertThat(severalRests.await(20, TimeUnit.SECONDS)).isTrue();
            // Five rests or six; after each of them what was taken at once is tried.
            assertThat(begins).hasValueLessThan(100);
            assertThat(node.pgJobQ().queues().describe("work").dead()).isZero();
        }
    }
}
