package io.pgjobq.internal.completion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgjobq.CompletionTimeoutException;
import io.pgjobq.JobOutcome;
import io.pgjobq.JobProgress;
import io.pgjobq.internal.store.StoredProgress;
import io.pgjobq.internal.support.DaemonThreads;
import io.pgjobq.internal.support.ManualTimer;
import io.pgjobq.internal.support.Vitals;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.PermissionDeniedDataAccessException;

/** Those who wait for jobs and want to know how far they are. */
class WatchedCompletionTests {

    private static final Duration HOUR = Duration.ofHours(1);

    private final FakeEnds ends = new FakeEnds();
    private final ManualTimer timer = new ManualTimer();
    private final AtomicLong now = new AtomicLong();
    private final CountDownLatch go = new CountDownLatch(1);
    private final BlockingQueue<Long> told = new LinkedBlockingQueue<>();
    private final CompletionTracker tracker = new CompletionTracker(
            ends,
            new CompletionTrackerTests.Answers(),
            HOUR,
            HOUR,
            () -> true,
            new Vitals(HOUR, System::nanoTime),
            new CallbackThreads(new DaemonThreads("callback-")),
            timer,
            now::get);

    @AfterEach
    void end() {
        go.countDown();
        tracker.close();
    }

    private static JobProgress at(long second) {
        return new JobProgress(second, 100, null, Instant.ofEpochSecond(second));
    }

    private CompletableFuture<JobOutcome<Void>> watch(long id) {
        return tracker.completion(id, Void.class, HOUR, progress -> told.add(progress.done()));
    }

    private Long next() throws InterruptedException {
        return told.poll(10, TimeUnit.SECONDS);
    }

    @Test
    void whatNobodyToldOfIsLookedForInTimeHoweverOftenProgressIs() throws Exception {
        watch(7);
        var unused = tracker.completion(8, Void.class, HOUR);
        Set<Long> first = new HashSet<>(ends.asked.take());
        while (first.size() < 2) {
            first.addAll(ends.asked.take());
        }

        now.addAndGet(LookAround.RARELY.toNanos());
        tracker.progressedElsewhere(List.of(7L));

        assertThat(ends.asked.poll(10, TimeUnit.SECONDS)).containsExactlyInAnyOrder(7L, 8L);
    }

    @Test
    void whoAsksForItIsToldWhatIsKnownAndWhatComes() throws Exception {
        ends.progress.put(7L, at(1));
        var waiting = watch(7);
        assertThat(next()).isEqualTo(1);

        ends.progress.put(7L, at(2));
        tracker.progressedElsewhere(List.of(7L, 8L));
        assertThat(next()).isEqualTo(2);

        tracker.progressed(List.of(new StoredProgress(7, at(3)), new StoredProgress(8, at(3))));
        assertThat(next()).isEqualTo(3);

        tracker.ended(List.of(FakeEnds.succeeded(7)));
        assertThat(waiting.get(10, TimeUnit.SECONDS)).isInstanceOf(JobOutcome.Succeeded.class);
        tracker.progressed(List.of(new StoredProgress(7, at(4))));
        tracker.progressedElsewhere(List.of(7L));
        assertThat(told).isEmpty();
    }

    /** Its look would be found by the time at which that of the other is. */
    @Test
    void progressIsLookedUpForThoseAloneWhoAskedForIt() throws Exception {
        var unused = tracker.completion(5, Void.class);
        assertThat(ends.asked.poll(10, TimeUnit.SECONDS)).containsExactly(5L);
        tracker.progressedElsewhere(List.of(5L));
        ends.progress.put(7L, at(1));
        var unusedToo = watch(7);
        assertThat(next()).isEqualTo(1);
        assertThat(ends.askedForProgress).containsExactly(List.of(7L));
    }

    @Test
    void aListenerThatBlocksHoldsUpNobodyElseAndHisOwnFutureNoLongerThanItsTimeOut() throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        var stuck = tracker.completion(7, Void.class, Duration.ofSeconds(2), progress -> {
            blocked.countDown();
            CompletionTrackerTests.await(go);
        });
        var free = watch(7);
        tracker.progressed(List.of(new StoredProgress(7, at(1))));
        assertThat(blocked.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(next()).isEqualTo(1);
        tracker.progressed(List.of(new StoredProgress(7, at(2))));
        assertThat(next()).isEqualTo(2);

        tracker.ended(List.of(FakeEnds.succeeded(7)));
        assertThat(free.get(10, TimeUnit.SECONDS)).isInstanceOf(JobOutcome.Succeeded.class);
        assertThat(stuck).isNotDone();
        timer.advance(Duration.ofSeconds(2));
        assertThatThrownBy(() -> stuck.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(CompletionTimeoutException.class);
    }

    @Test
    void aLookThatFailsIsRepeated() throws Exception {
        ends.beforeProgress = () -> {
            ends.beforeProgress = () -> {};
            throw new DataAccessResourceFailureException("away");
        };
        ends.progress.put(7L, at(1));
        var unused = watch(7);
        assertThat(next()).isEqualTo(1);
    }

    @Test
    void whoMayNotSeeProgressLearnsWhatToDo() throws Exception {
        ends.beforeProgress = () -> {
            throw new PermissionDeniedDataAccessException("denied", new IllegalStateException());
        };
        var others = tracker.completion(7, Void.class);
        var waiting = watch(7);
        assertThatThrownBy(() -> waiting.get(10, TimeUnit.SECONDS))
                .hasMessageContaining("job 7: its progress can't be seen by the database's role, which may see its end;"
                        + " apply docs/roles.sql of this release");
        assertThat(others).isNotDone();
    }

    @Test
    void whoHasStoppedWaitingIsToldNothing() throws Exception {
        watch(7).cancel(false);
        var unused = watch(7);
        tracker.progressed(List.of(new StoredProgress(7, at(1))));
        assertThat(next()).isEqualTo(1);
        assertThat(told.poll(50, TimeUnit.MILLISECONDS)).isNull();
    }
}
