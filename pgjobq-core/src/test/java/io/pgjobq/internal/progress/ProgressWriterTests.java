package io.pgjobq.internal.progress;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.JobProgress;
import io.pgjobq.internal.notify.Doorbell;
import io.pgjobq.internal.notify.Signal;
import io.pgjobq.internal.notify.SignalSink;
import io.pgjobq.internal.store.ClaimedJob;
import io.pgjobq.internal.store.ProgressStore.Written;
import io.pgjobq.internal.store.ReportedProgress;
import io.pgjobq.internal.store.StoredProgress;
import io.pgjobq.internal.support.ManualTimer;
import io.pgjobq.internal.support.Vitals;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is reported is written when the test lets the time pass, on its own thread. */
class ProgressWriterTests {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private long nanos = 11;
    private final ManualTimer timer = new ManualTimer();

    /** What was written, a list for each statement. */
    private final List<List<String>> writes = new ArrayList<>();

    private final List<Long> told = new ArrayList<>();
    private Runnable beforeWrite = () -> {};
    private final Vitals vitals = new Vitals(Duration.ofSeconds(30), () -> this.nanos);
    private final ProgressWriter writer = new ProgressWriter(
            this::write,
            progress -> progress.forEach(each -> told.add(each.job())),
            new Doorbell(new Unheard(), null),
            timer,
            Runnable::run,
            vitals,
            () -> this.nanos);

    private Written write(List<ReportedProgress> reports) {
        beforeWrite.run();
        writes.add(reports.stream()
                .map(report -> report.job().id() + ":" + report.done() + "/" + report.total() + " " + report.message())
                .toList());
        return new Written(
                reports.stream()
                        .map(report -> new StoredProgress(
                                report.job().id(),
                                new JobProgress(report.done(), report.total(), report.message(), Instant.EPOCH)))
                        .toList(),
                List.of());
    }

    private ProgressReport job(long id) {
        return new ProgressReport(
                new ClaimedJob(id, id, 1, 1, 5, false, 0, "t", null, null, Instant.EPOCH, Instant.EPOCH), writer);
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
        timer.advance(time);
    }

    @Test
    void theFirstReportIsWrittenAtOnceAndTheLatestOfThoseThatFollowASecondLater() {
        writer.start();
        ProgressReport job = job(1);
        job.set(1, 9, "a");
        pass(Duration.ZERO);
        assertThat(writes).containsExactly(List.of("1:1/9 a"));

        job.set(2, 9, "b");
        job.set(3, 9, null);
        pass(SECOND.minusNanos(1));
        assertThat(writes).hasSize(1);

        pass(Duration.ofNanos(1));
        assertThat(writes).containsExactly(List.of("1:1/9 a"), List.of("1:3/9 null"));
        assertThat(told).containsExactly(1L, 1L);
    }

    @Test
    void aJobThatReportsWithoutAnEndIsWrittenOnceASecond() {
        writer.start();
        ProgressReport job = job(1);
        for (int millis = 0; millis < 10_000; millis++) {
            job.set(millis, 10_000, null);
            pass(Duration.ofMillis(1));
        }
        assertThat(writes).hasSize(10);
    }

    @Test
    void allJobsThatHaveReportedAreWrittenByOneStatement() {
        writer.start();
        List<ProgressReport> jobs =
                LongStream.rangeClosed(1, 50).mapToObj(this::job).toList();
        jobs.get(0).set(0, 1, null);
        pass(Duration.ZERO);
        jobs.forEach(job -> job.set(1, 1, null));
        pass(SECOND);
        assertThat(writes).extracting(List::size).containsExactly(1, 50);
    }

    @Test
    void manyJobsAreWrittenByAsFewStatementsAsTheyFitIn() {
        writer.start();
        LongStream.rangeClosed(1, 2_001).forEach(id -> job(id).set(1, 1, null));
        pass(Duration.ZERO);
        assertThat(writes).extracting(List::size).containsExactly(1_000, 1_000, 1);
    }

    @Test
    void aNodeWhoseHandlersReportNothingDoesNothing() {
        writer.start();
        assertThat(timer.waiting()).isZero();
        job(1).set(1, 1, null);
        pass(Duration.ZERO);
        pass(SECOND);
        assertThat(timer.waiting()).isZero();
        assertThat(writes).hasSize(1);
    }

    @Test
    void whatAJobHasReportedIsPointlessOnceItsAttemptHasEnded() {
        writer.start();
        ProgressReport job = job(1);
        job.set(1, 1, null);
        job.close();
        job.set(1, 1, "late");
        pass(SECOND);
        assertThat(writes).isEmpty();
    }

    @Test
    void aWriteThatFailsIsRepeatedWithTheLatestThatWasReported() {
        writer.start();
        beforeWrite = () -> {
            throw new IllegalStateException("away");
        };
        ProgressReport job = job(1);
        ProgressReport other = job(2);
        job.set(1, 9, null);
        other.set(5, 9, "kept");
        pass(Duration.ZERO);
        job.set(2, 9, null);
        pass(SECOND);

        beforeWrite = () -> {};
        // Longer than any back-off.
        IntStream.range(0, 10).forEach(i -> pass(SECOND));
        assertThat(writes).hasSize(1);
        assertThat(writes.get(0)).containsExactlyInAnyOrder("1:2/9 null", "2:5/9 kept");
    }

    @Test
    void aFailureOfTheNodeItselfIsTold() {
        writer.start();
        beforeWrite = () -> {
            throw new OutOfMemoryError("x");
        };
        job(1).set(1, 9, null);
        pass(Duration.ZERO);
        assertThat(vitals.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.activity()).isEqualTo("writing progress"));
        beforeWrite = () -> {};
        pass(SECOND);
        assertThat(writes).hasSize(1);
        assertThat(vitals.problems()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aNodeThatIsNotStartedWritesNothing(boolean stopped) {
        if (stopped) {
            writer.start();
            job(1).set(1, 1, null);
            writer.stop();
        }
        job(2).set(1, 1, null);
        pass(SECOND);
        assertThat(writes).isEmpty();
    }

    @Test
    void aTimerThatCannotBeHadFailsNoHandlerAndTheNextReportAsksAgain() {
        writer.start();
        timer.before = () -> {
            throw new OutOfMemoryError("no thread");
        };
        ProgressReport job = job(1);
        job.set(1, 9, null);
        timer.before = () -> {};
        job.set(2, 9, null);
        pass(Duration.ZERO);
        assertThat(writes).containsExactly(List.of("1:2/9 null"));
    }

    @Test
    void aMessageIsCutAndRidOfWhatCannotBeStored() {
        writer.start();
        job(1).set(1, 1, "a\0b" + "x".repeat(1_000));
        pass(Duration.ZERO);
        assertThat(writes.get(0).get(0)).hasSizeLessThan(520).startsWith("1:1/1 a\uFFFDbxxx");
    }

    private static final class Unheard implements SignalSink {

        @Override
        public void receive(Signal signal) {
            throw new IllegalStateException("this process knows");
        }

        @Override
        public void resynchronize() {
            throw new IllegalStateException("nothing is missed");
        }
    }
}
