package io.pgjobq.internal.settle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.notify.Doorbell;
import io.pgjobq.internal.notify.Signal;
import io.pgjobq.internal.notify.SignalSink;
import io.pgjobq.internal.store.ClaimedJob;
import io.pgjobq.internal.store.Settlement.Succeeded;
import io.pgjobq.test.LogLines;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataIntegrityViolationException;

/** What can't be recorded is told of, by the ids of the jobs. */
class SettlementRecorderLogTests {

    private final ClaimBook book = new ClaimBook();
    private final FakeSettlements store = new FakeSettlements();
    private final AtomicInteger told = new AtomicInteger();
    private final SettlementRecorder recorder = new SettlementRecorder(
            store, () -> {}, book, new Doorbell(new Deaf(), null), outcomes -> told.addAndGet(outcomes.size()));

    @Test
    void aResultThatIsRefusedMakesTheJobDeadAndIsLogged() {
        // The batch, and then the job alone.
        refuse(2);
        try (LogLines log = LogLines.capture()) {
            record(3);
            assertThat(log.with("ERROR")).containsExactly("ERROR job 3: how it ended can't be stored");
        }
    }

    @Test
    void aDeathThatIsRefusedToLetsTheJobRunAgainAndIsLogged() {
        refuse(3);
        try (LogLines log = LogLines.capture()) {
            record(3);
            assertThat(log.with("ERROR"))
                    .containsExactly(
                            "ERROR job 3: how it ended can't be stored",
                            "ERROR job 3: not even that can be stored, so it runs again");
        }
    }

    @Test
    void whatWasTakenAwayMeanwhileIsRefusedAndLoggedOnceForTheBatch() {
        store.succeeded.addAll(List.of(3L, 4L));
        try (LogLines log = LogLines.capture()) {
            record(3, 4, 5);
            assertThat(log.with("WARN"))
                    .containsExactly("WARN 2 jobs ([3, 4] …): what their attempts came to is refused, since they were"
                            + " taken away from this node");
        }
    }

    private void refuse(int times) {
        store.fail(times, i -> new DataIntegrityViolationException("refused", new SQLException("refused", "22021")));
    }

    private void record(long... ids) {
        List<ClaimedJob> jobs =
                Arrays.stream(ids).mapToObj(id -> ClaimBookTests.job(7, id)).toList();
        book.taken(jobs);
        recorder.record(recorder.batch(List.copyOf(
                jobs.stream().map(job -> new Succeeded(job, 1, null)).toList())));
    }

    private static final class Deaf implements SignalSink {

        @Override
        public void receive(Signal signal) {}

        @Override
        public void resynchronize() {}
    }
}
