package io.pgjobq.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.DeadlineExceededException;
import io.pgjobq.internal.store.Settlement.AlreadySettled;
import io.pgjobq.internal.store.Settlement.Succeeded;
import io.pgjobq.internal.store.TransactionalEnd;
import io.pgjobq.test.LogLines;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.SimpleTransactionStatus;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionOperations;

/** Attempts in a transaction that the runner begins for the handler. */
class TransactionalAttemptsTests extends RunnerFixture {

    private final AtomicInteger rolledBack = new AtomicInteger();
    private final List<Object> seen = new ArrayList<>();

    @BeforeEach
    void onTheDataSourceOfTheQueue() {
        store.inTransaction = true;
        store.end = new TransactionalEnd(false, Instant.EPOCH);
    }

    @Test
    void theJobIsCompletedInTheTransactionWithItsResultAndToldOfOnce() {
        runIn(transaction(rolledBack), payload -> {
            now.addAndGet(5_000);
            return "r";
        });

        assertThat(seen).containsExactly("p");
        assertThat(store.completed).singleElement().satisfies(TransactionalAttemptsTests::hasResult);
        assertThat(completions).isEqualTo(store.completed);
        assertThat(settled).singleElement().isInstanceOf(AlreadySettled.class);
        assertThat(events.told).containsExactly("started 1", "succeeded 1");
        assertThat(rolledBack).hasValue(0);
    }

    @Test
    void aJobWhoseDeadlineIsOverWhenItsTransactionHasBegunIsNotStarted() {
        JobRun run = attempt(job(PAYLOAD));
        run.expiresIn(Duration.ofSeconds(3));
        now.addAndGet(Duration.ofSeconds(3).toNanos());
        runner(handler(transaction(rolledBack), (payload, context) -> {
                    throw new AssertionError("started");
                }))
                .run(run, goneOn::incrementAndGet);

        assertThat(rolledBack).hasValue(1);
        assertThat(failure().error().type()).isEqualTo(DeadlineExceededException.class.getName());
        assertThat(failure().retryInMillis()).isNull();
    }

    @Test
    void aJobThatWasTakenAwayIsRolledBackAndGoneOnWithElsewhere() {
        store.end = null;
        runIn(transaction(rolledBack), payload -> "r");

        assertThat(rolledBack).hasValue(1);
        assertThat(completions).isEmpty();
        assertThat(settled).singleElement().isInstanceOf(AlreadySettled.class);
        assertThat(events.told).containsExactly("started 1", "given back 1");
    }

    @Test
    void onAnotherDataSourceItIsCompletedAfterwardsWhichIsSaidOnce() {
        store.inTransaction = false;
        JobRunner runner = runner(handler(transaction(rolledBack), (payload, context) -> {
            now.addAndGet(5_000);
            return "r";
        }));
        try (LogLines log = LogLines.capture()) {
            runner.run(attempt(job(PAYLOAD)), goneOn::incrementAndGet);
            runner.run(attempt(job(PAYLOAD)), goneOn::incrementAndGet);
            assertThat(log.with("is transactional, but not on the DataSource of the queue"))
                    .hasSize(1);
        }

        assertThat(store.completed).isEmpty();
        assertThat(settled)
                .hasSize(2)
                .allSatisfy(settlement -> assertThat(settlement)
                        .isInstanceOfSatisfying(Succeeded.class, TransactionalAttemptsTests::hasResult));
        assertThat(events.told).containsExactly("started 1", "succeeded 1", "started 1", "succeeded 1");
    }

    @Test
    void aTransactionThatIsMarkedToBeRolledBackIsAFailure() {
        runIn(
                new TransactionOperations() {
                    @Override
                    public <T> T execute(TransactionCallback<T> action) {
                        TransactionStatus status = new SimpleTransactionStatus();
                        status.setRollbackOnly();
                        return action.doInTransaction(status);
                    }
                },
                payload -> "r");

        assertThat(store.completed).isEmpty();
        assertThat(failure().error().message()).contains("marked its transaction to be rolled back");
    }

    @Test
    void whatGoesOnAfterItsTransactionIsRefusedForGood() {
        runIn(transaction(rolledBack), payload -> CompletableFuture.completedFuture("r"));

        assertThat(rolledBack).hasValue(1);
        assertThat(failure().retryInMillis()).isNull();
        assertThat(failure().error().message()).contains("returned a CompletionStage in its transaction");
    }

    @Test
    void anAttemptThatGetsThroughEndsTheRestOfAQueueThatCouldNotBegin() {
        backOff.failed(handler((payload, context) -> null), new IllegalStateException("full"));
        assertThat(backOff.rest()).isPositive();

        runIn(transaction(rolledBack), payload -> "r");
        assertThat(backOff.rest()).isZero();
    }

    private interface Work {

        Object on(Object payload);
    }

    private void runIn(TransactionOperations transaction, Work work) {
        runner(handler(transaction, (payload, context) -> {
                    seen.add(payload);
                    return work.on(payload);
                }))
                .run(attempt(job(PAYLOAD)), goneOn::incrementAndGet);
    }

    private static void hasResult(Succeeded succeeded) {
        assertThat(succeeded.result()).isEqualTo("\"r\"".getBytes(StandardCharsets.UTF_8));
        assertThat(succeeded.micros()).isEqualTo(5);
    }
}
