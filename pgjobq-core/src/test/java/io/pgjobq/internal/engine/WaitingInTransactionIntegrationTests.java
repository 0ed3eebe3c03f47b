package io.pgjobq.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgjobq.CompletionTimeoutException;
import io.pgjobq.SentJob;
import io.pgjobq.UnknownJobException;
import io.pgjobq.test.AlsoThroughPgBouncer;
import io.pgjobq.test.AlsoWithoutListening;
import io.pgjobq.test.PostgresTest;
import io.pgjobq.test.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Futures of jobs whose transaction is still open. */
@PostgresTest
@AlsoThroughPgBouncer
@AlsoWithoutListening
@Timeout(60)
class WaitingInTransactionIntegrationTests {

    private TestDatabase database;
    private String queue = "";
    private TestNode node;

    @BeforeEach
    void start(TestInfo test) {
        queue = test.getTestMethod().orElseThrow().getName();
        node = TestNode.listening(database);
        node.handle(queue, Integer.class, (number, context) -> number);
        node.start();
    }

    @AfterEach
    void end() {
        node.close();
    }

    @Test
    void waitingOnTheTransactionsThreadFailsAtOnceAndTheJobCanStillBeCommitted() throws Exception {
        SentJob<Integer> sent = transactions().execute(status -> {
            SentJob<Integer> job = node.sender().to(queue).send(1, Integer.class);
            List<ThrowingCallable> calls = List.of(
                    () -> job.completion(Duration.ofSeconds(2)).get(),
                    () -> job.completion().get(2, TimeUnit.SECONDS),
                    () -> job.completion().thenApply(Object::toString).join());
            assertThat(calls).allSatisfy(call -> refused(job, call));
            return job;
        });
        assertThat(sent.completion().get(20, TimeUnit.SECONDS).resultOrThrow()).isEqualTo(1);
    }

    @Test
    void aTransactionOfItsOwnInsideAnotherCanBeWaitedFor() {
        transactions().executeWithoutResult(outer -> {
            SentJob<Integer> held = node.sender().to(queue).send(1, Integer.class);
            SentJob<Integer> sent = inner().execute(status -> {
                refused(held, () -> held.completion().join());
                return node.sender().to(queue).send(2, Integer.class);
            });
            assertThat(sent.completion().join().resultOrThrow()).isEqualTo(2);
            refused(held, () -> held.completion().join());
        });
    }

    @Test
    void anotherThreadWaitsForTheCommit() throws Exception {
        CompletableFuture<Integer> waiting = transactions().execute(status -> {
            var future = node.sender().to(queue).send(1, Integer.class).completion();
            return CompletableFuture.supplyAsync(() -> future.join().resultOrThrow());
        });
        assertThat(waiting.get(20, TimeUnit.SECONDS)).isEqualTo(1);
    }

    @Test
    void theTimeCountsFromTheCallWhileTheTransactionIsOpen() {
        transactions().executeWithoutResult(status -> {
            var future = node.sender().to(queue).send(1, Integer.class).completion(Duration.ofMillis(50));
            // A future of the JDK's own does not know of the transaction.
            assertThatThrownBy(() -> CompletableFuture.allOf(future).get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(CompletionTimeoutException.class);
            assertThatThrownBy(future::get).hasCauseInstanceOf(CompletionTimeoutException.class);
        });
    }

    @Test
    void callbacksRunOutsideOfTheTransaction() throws Exception {
        for (int i = 0; i < 20; i++) {
            boolean rollback = i % 2 == 0;
            CompletableFuture<String> seen = transactions().execute(status -> {
                if (rollback) {
                    status.setRollbackOnly();
                }
                return node.sender()
                        .to(queue)
                        .send(1, Integer.class)
                        .completion()
                        .handle((outcome, failure) -> (failure instanceof UnknownJobException) + " in a transaction "
                                + TransactionSynchronizationManager.isSynchronizationActive() + " on "
                                + Thread.currentThread().getName().replaceAll("\\d+", ""));
            });
            assertThat(seen.get(20, TimeUnit.SECONDS))
                    .isEqualTo(rollback + " in a transaction false on pgjobq-completion-");
        }
    }

    @Test
    void anAbsurdTimeOutIsRefusedWhereItIsGiven() {
        transactions().executeWithoutResult(status -> {
            SentJob<Void> job = node.sender().send(queue, 1);
            for (Duration absurd : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofSeconds(Long.MAX_VALUE))) {
                assertThatThrownBy(() -> job.completion(absurd))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("job " + job.id() + ": the time-out must be positive and at most 365 days, but is "
                                + absurd);
            }
        });
    }

    private static void refused(SentJob<?> job, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("job " + job.id() + ": can't be waited for inside the transaction that sent it");
    }

    private TransactionTemplate transactions() {
        return new TransactionTemplate(new DataSourceTransactionManager(database.dataSource()));
    }

    private TransactionTemplate inner() {
        TransactionTemplate inner = transactions();
        inner.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        return inner;
    }
}
