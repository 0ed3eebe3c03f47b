package io.pgjobq.internal.settle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgjobq.internal.notify.Doorbell;
import io.pgjobq.internal.notify.Signal;
import io.pgjobq.internal.notify.SignalSink;
import io.pgjobq.internal.store.ClaimedJob;
import io.pgjobq.internal.store.Settlement;
import io.pgjobq.internal.store.Settlement.AlreadySettled;
import io.pgjobq.internal.store.Settlement.Failed;
import io.pgjobq.internal.store.Settlement.Failure;
import io.pgjobq.internal.store.Settlement.Released;
import io.pgjobq.internal.store.Settlement.Succeeded;
import io.pgjobq.internal.store.StoredOutcome;
import io.pgjobq.internal.store.TransactionalEnd;
import io.pgjobq.test.LogLines;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataIntegrityViolationException;

class SettlementRecorderTests implements SignalSink {

    private static final Instant AT = ScriptedSettlements.AT;
    private static final Failure ERROR = new Failure("type", "message", "stack");

    private final LogLines log = LogLines.capture();
    private final ClaimBook book = new ClaimBook();
    private final ScriptedSettlements store = new ScriptedSettlements();
    private final List<Signal> signals = new ArrayList<>();
    private final List<StoredOutcome> told = new ArrayList<>();
    private int historyLooks;
    private final SettlementRecorder recorder =
            new SettlementRecorder(store, () -> historyLooks++, book, new Doorbell(this, null), told::addAll);

    @AfterEach
    void stopListening() {
        log.close();
    }

    @Test
    void recordsFailuresThenSuccessesThenWhatIsGivenBack() {
        write(released(1, 1), succeeded(2, 2), failed(3, 3, null));

        assertThat(store.calls).containsExactly("failed [3]", "succeeded [2] []", "released [1] []");
    }

    @Test
    void aClaimIsDeletedWithTheLastOfItsJobs() {
        book.taken(List.of(job(1, 1), job(1, 2), job(2, 3)));
        write(succeeded(1, 1), succeeded(2, 3));
        write(succeeded(1, 2));

        assertThat(store.calls).containsExactly("succeeded [1, 3] [2]", "succeeded [2] [1]");
        assertThat(recorder.hasLeftovers()).isFalse();
        assertThat(book.knows(1)).isFalse();
    }

    @Test
    void aClaimThatIsNotGoneIsDeletedByTheNextBatch() {
        book.taken(List.of(job(1, 1), job(2, 2)));
        store.keepsClaims = true;
        write(succeeded(1, 1));
        assertThat(recorder.hasLeftovers()).isTrue();
        store.keepsClaims = false;
        write(released(2, 2));

        assertThat(store.calls).containsExactly("succeeded [1] [1]", "succeeded [] [1]", "released [2] [2]");
        assertThat(recorder.hasLeftovers()).isFalse();
    }

    @Test
    void aJobThatItsHandlerCompletedLeavesItsClaimToBeDeleted() {
        book.taken(List.of(job(1, 1)));
        write(new AlreadySettled(job(1, 1)));

        assertThat(store.calls).containsExactly("succeeded [] [1]");
    }

    @Test
    void whoeverWaitsIsToldOfASuccess() {
        store.awaited.add(1L);
        write(new Succeeded(job(1, 1), 5, new byte[] {7}), succeeded(1, 2));

        assertThat(told).hasSize(1);
        StoredOutcome outcome = told.get(0);
        assertThat(outcome.id()).isEqualTo(1);
        assertThat(outcome.state()).isEqualTo("succeeded");
        assertThat(outcome.attempts()).isEqualTo(1);
        assertThat(outcome.startedAt()).isEqualTo(AT.minusNanos(5_000));
        assertThat(outcome.finishedAt()).isEqualTo(AT);
        assertThat(outcome.result()).containsExactly(7);
        assertThat(outcome.error()).isNull();
    }

    @Test
    void whoeverWaitsIsToldOfADeath() {
        store.awaited.add(1L);
        write(failed(1, 1, null), failed(1, 2, null));

        assertThat(told).hasSize(1);
        StoredOutcome outcome = told.get(0);
        assertThat(outcome.id()).isEqualTo(1);
        assertThat(outcome.state()).isEqualTo("dead");
        assertThat(outcome.attempts()).isEqualTo(1);
        assertThat(outcome.startedAt()).isEqualTo(AT.minusNanos(1_000));
        assertThat(outcome.error().message()).isEqualTo("message");
        assertThat(outcome.error().attempt()).isEqualTo(1);
    }

    @Test
    void whoeverWaitsIsToldOfWhatItsHandlerCompleted() {
        recorder.completed(new Succeeded(job(1, 1), 5, null), new TransactionalEnd(false, AT));
        assertThat(told).isEmpty();
        recorder.completed(new Succeeded(job(1, 1), 5, null), new TransactionalEnd(true, AT));

        assertThat(told).extracting(StoredOutcome::id).containsExactly(1L);
    }

    @Test
    void theFirstRetryIsToldOfOnceItIsRecorded() {
        write(failed(1, 1, 500L), failed(1, 2, 20L), failed(1, 3, null));
        assertThat(signals).containsExactly(new Signal.Due(20));

        signals.clear();
        store.failNext("failed", new IllegalStateException("away"));
        assertThatThrownBy(() -> write(failed(1, 4, 30L))).hasMessage("away");
        assertThat(signals).isEmpty();
    }

    @Test
    void aJobThatIsGivenBackIsAnnounced() {
        book.taken(List.of(job(1, 1), job(1, 2)));
        write(released(1, 1));
        assertThat(store.calls).containsExactly("released [1] []");
        assertThat(book.knows(1)).isTrue();
        write(released(1, 2));

        assertThat(store.calls).last().isEqualTo("released [2] [1]");
        assertThat(signals).containsExactly(new Signal.Ready(1, 5, 1), new Signal.Ready(1, 5, 2));
        assertThat(book.knows(1)).isFalse();
    }

    @Test
    void whatAHandlersTransactionHoldsIsHeldOnAndPutOff() {
        book.taken(List.of(job(1, 1), job(2, 2)));
        store.held.add(1L);
        SettlementRecorder.Batch batch = recorder.batch(List.of(released(1, 1), released(2, 2)));
        recorder.record(batch);
        recorder.written(batch);

        assertThat(batch.putOff()).extracting(each -> each.job().id()).containsExactly(1L);
        assertThat(signals).containsExactly(new Signal.Ready(1, 5, 2));
        assertThat(book.knows(1, 1)).isTrue();
        assertThat(book.knows(2)).isFalse();
    }

    @Test
    void aStepThatIsCommittedIsNotRepeatedWhenALaterOneFails() {
        store.awaited.add(1L);
        SettlementRecorder.Batch batch = recorder.batch(List.of(failed(1, 1, null), succeeded(2, 2), released(3, 3)));
        store.failNext("succeeded", new IllegalStateException("away"));
        assertThatThrownBy(() -> recorder.record(batch)).hasMessage("away");
        store.failNext("released", new OutOfMemoryError("heap"));
        assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> recorder.record(batch));
        recorder.record(batch);

        assertThat(store.calls)
                .containsExactly(
                        "failed [1]", "succeeded [2] []", "succeeded [2] []", "released [3] []", "released [3] []");
        assertThat(told).hasSize(1);
    }

    @Test
    void aJobThatIsBeingRecordedIsKnownUntilItsBatchIsWritten() {
        book.taken(List.of(job(1, 1)));
        SettlementRecorder.Batch batch = recorder.batch(List.of(succeeded(1, 1)));
        assertThat(book.knows(1, 1)).isTrue();
        recorder.record(batch);
        assertThat(book.knows(1, 1)).isTrue();
        recorder.written(batch);

        assertThat(book.knows(1, 1)).isFalse();
    }

    @Test
    void whatIsRefusedIsAWarningUnlessAnAnswerWasLost() {
        store.lost.addAll(List.of(1L, 2L));
        write(failed(1, 1, null), succeeded(1, 2), succeeded(1, 3));
        assertThat(log.with("WARN 1 jobs ([1] …): what their attempts came to is refused"))
                .hasSize(1);
        assertThat(log.with("WARN 1 jobs ([2] …): what their attempts came to is refused"))
                .hasSize(1);

        store.lost.addAll(List.of(4L, 5L));
        SettlementRecorder.Batch batch = recorder.batch(List.of(failed(1, 4, null), succeeded(1, 5)));
        store.failNext("failed", new IllegalStateException("away"));
        assertThatThrownBy(() -> recorder.record(batch)).hasMessage("away");
        recorder.record(batch);
        assertThat(log.with("INFO 1 jobs ([4] …): were settled before the connection was lost"))
                .hasSize(1);
        assertThat(log.with("WARN 1 jobs ([5] …)"))
                .as("a later step, of which no answer was lost")
                .hasSize(1);
        assertThat(told).isEmpty();
    }

    @Test
    void anErrorMayComeBetweenTheCommitAndItsNews() {
        store.lost.add(1L);
        SettlementRecorder.Batch batch = recorder.batch(List.of(succeeded(1, 1)));
        store.failNext("succeeded", new OutOfMemoryError("heap"));
        assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> recorder.record(batch));
        recorder.record(batch);

        assertThat(log.with("INFO 1 jobs ([1] …): were settled before the connection was lost"))
                .hasSize(1);
    }

    @Test
    void aPartitionThatIsMissingIsAskedForAndTheBatchTriedAgain() {
        SettlementRecorder.Batch batch = recorder.batch(List.of(succeeded(1, 1)));
        store.failNext(
                "succeeded",
                new DataIntegrityViolationException(
                        "pgjobq",
                        new SQLException("no partition of relation \"finished_job\" found for row", "23514")));
        assertThatExceptionOfType(DataIntegrityViolationException.class).isThrownBy(() -> recorder.record(batch));
        assertThat(historyLooks).isEqualTo(1);
        recorder.record(batch);

        assertThat(store.calls).containsExactly("succeeded [1] []", "succeeded [1] []");
        assertThat(historyLooks).isEqualTo(1);
    }

    @Test
    void nobodySuffersForAResultThatCanNotBeStored() {
        book.taken(List.of(job(1, 2), job(1, 3), job(1, 4)));
        store.awaited.addAll(List.of(2L, 3L));
        store.refusedSuccesses.add(3L);
        write(failed(9, 1, null), succeeded(1, 2), succeeded(1, 3), succeeded(1, 4), released(8, 5));

        assertThat(store.calls)
                .containsExactly(
                        "failed [1]",
                        "succeeded [2, 3, 4] [1]",
                        "succeeded [2] []",
                        "succeeded [3] []",
                        "failed [3]",
                        "succeeded [4] []",
                        "succeeded [] [1]",
                        "released [5] []");
        assertThat(told).extracting(StoredOutcome::state).containsExactly("succeeded", "dead");
        assertThat(told.get(1).error().message()).contains("refused");
        assertThat(historyLooks).isZero();
        assertThat(log.with("ERROR job 3: how it ended can't be stored")).hasSize(1);
    }

    @Test
    void aFailureThatCanNotBeStoredIsGivenUpAloneAndItsClaimDeleted() {
        book.taken(List.of(job(1, 1), job(1, 2)));
        store.refusedFailures.add(1L);
        write(failed(1, 1, null), failed(1, 2, null));

        assertThat(store.calls).containsExactly("failed [1, 2]", "failed [1]", "failed [2]", "succeeded [] [1]");
        assertThat(book.knows(1)).isFalse();
    }

    @Test
    void aJobOfWhichNothingCanBeStoredRunsAgain() {
        store.refusedSuccesses.add(1L);
        store.refusedFailures.add(1L);
        write(succeeded(1, 1), succeeded(1, 2));

        assertThat(store.calls)
                .containsExactly("succeeded [1, 2] []", "succeeded [1] []", "failed [1]", "succeeded [2] []");
        assertThat(log.with("ERROR job 1: not even that can be stored")).hasSize(1);
    }

    @Test
    void whatWasRecordedAloneIsNotRepeatedWhenTheDatabaseGoesAwayMeanwhile() {
        store.refusedSuccesses.add(2L);
        SettlementRecorder.Batch batch = recorder.batch(List.of(succeeded(1, 1), succeeded(1, 2), succeeded(1, 3)));
        store.failNext("failed", new IllegalStateException("away"));
        assertThatThrownBy(() -> recorder.record(batch)).hasMessage("away");
        recorder.record(batch);

        assertThat(store.calls)
                .containsExactly(
                        "succeeded [1, 2, 3] []",
                        "succeeded [1] []",
                        "succeeded [2] []",
                        "failed [2]",
                        "succeeded [2, 3] []",
                        "succeeded [2] []",
                        "failed [2]",
                        "succeeded [3] []");
    }

    @Test
    void whatIsRecordedAloneWhileTheDatabaseGoesAwayIsNotGivenUp() {
        store.refusedSuccesses.add(3L);
        SettlementRecorder.Batch batch = recorder.batch(List.of(failed(1, 1, null), succeeded(1, 2), succeeded(1, 3)));
        store.refusedFailures.add(1L);
        store.failNext("succeeded [2] []", new IllegalStateException("away"));
        assertThatThrownBy(() -> recorder.record(batch)).hasMessage("away");
        recorder.record(batch);

        assertThat(store.calls)
                .containsExactly(
                        "failed [1]",
                        "failed [1]",
                        "succeeded [2] []",
                        "succeeded [2, 3] []",
                        "succeeded [2] []",
                        "succeeded [3] []",
                        "failed [3]");
    }

    @Test
    void whatIsRecordedAloneMayHaveBeenRecordedWithTheOthers() {
        store.refusedSuccesses.add(1L);
        store.lost.add(2L);
        write(succeeded(1, 1), succeeded(1, 2));

        assertThat(log.with("INFO 1 jobs ([2] …): were settled before the connection was lost"))
                .hasSize(1);
    }

    private void write(Settlement... settlements) {
        SettlementRecorder.Batch batch = recorder.batch(Stream.of(settlements).toList());
        recorder.record(batch);
        recorder.written(batch);
    }

    private static ClaimedJob job(long claim, long id) {
        return ClaimBookTests.job(claim, id);
    }

    private static Succeeded succeeded(long claim, long id) {
        return new Succeeded(job(claim, id), 1, null);
    }

    private static Failed failed(long claim, long id, @Nullable Long retryInMillis) {
        return new Failed(job(claim, id), 1, ERROR, retryInMillis);
    }

    private static Released released(long claim, long id) {
        return new Released(job(claim, id));
    }

    @Override
    public void receive(Signal signal) {
        signals.add(signal);
    }

    @Override
    public void resynchronize() {
        throw new IllegalStateException("nothing was missed");
    }
}
