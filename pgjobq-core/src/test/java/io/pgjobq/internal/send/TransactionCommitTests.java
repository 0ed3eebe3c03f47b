package io.pgjobq.internal.send;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.completion.SendingTransaction;
import io.pgjobq.internal.database.Database;
import io.pgjobq.internal.event.JobEvents;
import io.pgjobq.internal.notify.Doorbell;
import io.pgjobq.internal.notify.Signal;
import io.pgjobq.internal.notify.SignalSink;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionSynchronizationUtils;

class TransactionCommitTests implements SignalSink {

    private Runnable heard = () -> {};

    @BeforeEach
    void begin() {
        TransactionSynchronizationManager.initSynchronization();
    }

    @AfterEach
    void end() {
        TransactionSynchronizationManager.clear();
    }

    @ParameterizedTest
    @CsvSource({"0, true", "1, false", "2, true"})
    void itIsOpenOnItsThreadUntilItEnds(int status, boolean exists) throws Exception {
        SendingTransaction transaction = send();
        assertThat(transaction.isOpenHere()).isTrue();
        assertThat(CompletableFuture.supplyAsync(transaction::isOpenHere).get(10, TimeUnit.SECONDS))
                .isFalse();
        assertThat(transaction.committed().toCompletableFuture()).isNotDone();

        TransactionSynchronizationUtils.triggerAfterCompletion(status);
        assertThat(transaction.isOpenHere()).isFalse();
        assertThat(transaction.committed().toCompletableFuture()).isCompletedWithValue(exists);
    }

    @Test
    void itMayBeEndedByAnotherThread() throws Exception {
        SendingTransaction transaction = send();
        List<TransactionSynchronization> synchronizations = TransactionSynchronizationManager.getSynchronizations();
        CompletableFuture.runAsync(() -> TransactionSynchronizationUtils.invokeAfterCompletion(
                        synchronizations, TransactionSynchronization.STATUS_COMMITTED))
                .get(10, TimeUnit.SECONDS);
        assertThat(transaction.isOpenHere()).isFalse();
    }

    @Test
    void whoeverWaitsLearnsOfTheCommitAlsoIfNobodyCanBeWoken() {
        SendingTransaction transaction = send();
        heard = () -> {
            throw new OutOfMemoryError("Java heap space");
        };
        TransactionSynchronizationUtils.triggerAfterCompletion(TransactionSynchronization.STATUS_COMMITTED);
        assertThat(transaction.committed().toCompletableFuture()).isCompletedWithValue(true);
    }

    private SendingTransaction send() {
        Database database = new Database(new DelegatingDataSource(), "pgjobq");
        Commit commit = TransactionCommit.announce(
                database,
                new Doorbell(this, null),
                JobEvents.NONE,
                new TransactionCommit.Sent("work", 1, List.of(new Signal.Due(5))));
        // It was open when the job was sent.
        TransactionSynchronizationUtils.triggerBeforeCompletion();
        return Objects.requireNonNull(commit.transaction());
    }

    @Override
    public void receive(Signal signal) {
        heard.run();
    }

    @Override
    public void resynchronize() {}
}
