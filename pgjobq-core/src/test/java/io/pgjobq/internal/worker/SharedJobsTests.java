package io.pgjobq.internal.worker;

import static io.pgjobq.internal.worker.WorkloadFixture.awaitWaiting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.pgjobq.ContainerOptions;
import io.pgjobq.internal.settle.QuarantineSlot;
import io.pgjobq.internal.support.ManualTimer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How the threads of a container meet. */
@Timeout(30)
class SharedJobsTests {

    private static final Duration LONG = Duration.ofHours(1);

    private final AtomicBoolean mayTake = new AtomicBoolean();
    private final JobsInHand inHand = new JobsInHand(
            ContainerOptions.builder().concurrency(2).build(),
            WorkloadFixture.oneByOne(),
            new BatchWait(new ManualTimer(), () -> {}, () -> 7),
            new QuarantineSlot(),
            mayTake::get,
            new RunnerThreads("work", () -> {}),
            () -> 7);
    private final SharedJobs jobs = new SharedJobs(inHand);

    @Test
    void allAreHandedTheSameAndGetItsAnswer() {
        assertThat(jobs.<Object>look(seen -> seen)).isSameAs(inHand);
        assertThat(jobs.<Object>change(seen -> seen)).isSameAs(inHand);
        assertThat(jobs.<Object>advance(seen -> seen)).isSameAs(inHand);
    }

    @Test
    void aChangeWakesWhoeverWaitsEvenIfItFails() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        Thread waiting = WorkloadFixture.waiting(() -> jobs.await(seen -> answerAt(asked, 3)));
        jobs.change(seen -> true);
        awaitAsked(asked, 2, waiting);
        assertThatIllegalStateException()
                .isThrownBy(() -> jobs.change(seen -> {
                    throw new IllegalStateException("state");
                }));

        waiting.join();
        assertThat(asked).hasValue(3);
    }

    @Test
    void anAdvanceWakesOnlyIfThereIsSomethingForTheThreadThatTakesJobs() throws Exception {
        jobs.change(JobsInHand::open);
        AtomicInteger asked = new AtomicInteger();
        Thread waiting = WorkloadFixture.waiting(() -> jobs.await(seen -> answerAt(asked, 2)));
        jobs.advance(seen -> true);
        jobs.look(seen -> true);
        awaitWaiting(waiting);
        assertThat(asked).hasValue(1);
        mayTake.set(true);
        jobs.advance(seen -> true);

        waiting.join();
        assertThat(asked).hasValue(2);
    }

    @Test
    void whereTimeMayChangeTheAnswerItIsAskedForAgain() throws Exception {
        jobs.change(JobsInHand::open);
        jobs.look(seen -> {
            Lanes lanes = seen.lanes();
            return lanes.start(lanes.take(false));
        });
        mayTake.set(true);
        long[] kept = jobs.look(seen -> seen.keep(this, 5));
        assertThat(kept).as("a sender's place").isNotNull();
        AtomicInteger asked = new AtomicInteger();

        String answer = jobs.await(seen -> answerAt(asked, 3));
        assertThat(answer).isEqualTo("answer");
    }

    @Test
    void aConditionIsWaitedForUntilItHoldsOrTheTimeIsOver() throws Exception {
        jobs.await(seen -> false, Duration.ofMillis(1));
        jobs.await(seen -> false, Duration.ZERO);
        jobs.await(seen -> true, LONG);
        Thread waiting = WorkloadFixture.waiting(() -> jobs.await(JobsInHand::isOpen, LONG));
        jobs.change(JobsInHand::open);

        waiting.join();
    }

    @Test
    void anInterruptionEndsAWait() {
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> jobs.await(seen -> null));
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> jobs.await(seen -> true, LONG));
    }

    private static @Nullable String answerAt(AtomicInteger asked, int call) {
        return asked.incrementAndGet() >= call ? "answer" : null;
    }

    private static void awaitAsked(AtomicInteger asked, int times, Thread waiting) {
        WorkloadFixture.until(() -> asked.get() == times);
        awaitWaiting(waiting);
    }
}
