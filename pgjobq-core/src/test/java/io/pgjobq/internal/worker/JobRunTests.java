package io.pgjobq.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgjobq.internal.progress.ProgressReport;
import io.pgjobq.internal.store.ClaimedJob;
import io.pgjobq.internal.store.Settlement;
import io.pgjobq.internal.store.Settlement.Released;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobRunTests {

    private static final Instant SENT = Instant.parse("2026-01-01T00:00:00Z");

    private final ClaimedJob job = new ClaimedJob(
            11, 12, 13, 14, 3, false, 1, "t", new byte[0], "{\"tenant\":\"acme\"}", SENT, SENT.plusSeconds(1));
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final AtomicBoolean lost = new AtomicBoolean();
    private final AtomicBoolean doubtful = new AtomicBoolean();
    private final List<Settlement> settled = new ArrayList<>();
    private final List<ProgressReport> reports = new ArrayList<>();
    private final JobRun run =
            new JobRun(job, "work", 5, new Known(), stopping::get, this::settle, reports::add, System::nanoTime);
    private boolean full;

    @Test
    void tellsTheHandlerOfItsJob() {
        assertThat(run.id()).isEqualTo(11);
        assertThat(run.queue()).isEqualTo("work");
        assertThat(run.type()).isEqualTo("t");
        assertThat(run.priority()).isEqualTo(3);
        assertThat(run.attempt()).isEqualTo(2);
        assertThat(run.maxAttempts()).isEqualTo(5);
        assertThat(run.attributes()).isEqualTo(Map.of("tenant", "acme"));
        assertThat(run.sentAt()).isEqualTo(SENT);
        assertThat(run.readyAt()).isEqualTo(SENT.plusSeconds(1));
    }

    @Test
    void asksOnceForItsReportsToBeWrittenHoweverManyThereAre() {
        for (int done = 0; done <= 10_000; done++) {
            run.progress(done, 10_000, "row " + done);
        }
        run.progress(10_000, 10_000);
        assertThat(reports).hasSize(1);
    }

    @Test
    void asksForNothingOnceItIsSettled() {
        run.settle(new Released(job));
        run.progress(1, 1);
        assertThat(reports).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"-1, 5", "6, 5", "0, -1", "1, 0"})
    void refusesProgressThatCannotBe(long done, long total) {
        assertThatThrownBy(() -> run.progress(done, total, "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("queue 'work' job 11: its progress must be from 0 to the total, but is " + done + " of "
                        + total);
        assertThat(reports).isEmpty();
    }

    @Test
    void isSettledOnce() {
        assertThat(run.settle(new Released(job))).isTrue();
        assertThat(run.settle(new Released(job))).isFalse();
        assertThat(settled).hasSize(1);
    }

    @Test
    void isNotSettledByWhatCouldNotBeSaid() {
        full = true;
        assertThatThrownBy(() -> run.settle(new Released(job))).isInstanceOf(OutOfMemoryError.class);
        assertThat(run.isSettled()).isFalse();

        full = false;
        assertThat(run.settle(new Released(job))).isTrue();
        assertThat(run.isSettled()).isTrue();
    }

    @Test
    void shouldStopWhenItsContainerStopsOrTheJobIsNoLongerItsOwn() {
        assertThat(run.shouldStop()).isFalse();
        stopping.set(true);
        assertThat(run.shouldStop()).isTrue();
        stopping.set(false);
        lost.set(true);
        assertThat(run.shouldStop()).isTrue();
    }

    @Test
    void saysWhenItMayHaveBeenLost() {
        assertThat(run.mayBeLost()).isFalse();
        doubtful.set(true);
        assertThat(run.mayBeLost()).isTrue();
    }

    @Test
    void aStopInterruptsTheThreadOnlyWhileItRunsTheHandler() {
        run.begin();
        run.interrupt(new Interruption.ByStop());
        assertThat(Thread.interrupted()).isTrue();
        assertThat(run.wasInterruptedByStop()).isTrue();

        run.end();
        run.interrupt(new Interruption.ByStop());
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void aStopCancelsWhatTheHandlerReturnedBeforeOrAfterIt() {
        CompletableFuture<String> before = new CompletableFuture<>();
        run.await(before);
        assertThat(before).isNotDone();
        run.interrupt(new Interruption.ByStop());
        assertThat(before).isCancelled();

        CompletableFuture<String> after = new CompletableFuture<>();
        run.await(after);
        assertThat(after).isCancelled();
    }

    @Test
    void doesNotCallExitOnlyBecauseItRuns() {
        assertThat(Drain.callsExit(run.handlerThread())).isFalse();
        run.begin();
        assertThat(Drain.callsExit(run.handlerThread())).isFalse();
    }

    private void settle(Settlement settlement) {
        if (full) {
            throw new OutOfMemoryError("heap");
        }
        settled.add(settlement);
    }

    private final class Known implements Hold {

        @Override
        public boolean isLost(ClaimedJob held) {
            return lost.get();
        }

        @Override
        public boolean mayBeLost() {
            return doubtful.get();
        }
    }
}
