package io.pgjobq.internal.worker;

import io.pgjobq.ContainerOptions;
import io.pgjobq.internal.settle.ClaimBookTests;
import io.pgjobq.internal.settle.QuarantineSlot;
import io.pgjobq.internal.store.Settlement;
import io.pgjobq.internal.support.ManualTimer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** A workload of two jobs at once, without a database or threads, whose clock is moved by hand. */
class WorkloadFixture {

    static final long HOLD = TimeUnit.MILLISECONDS.toNanos(500);

    final AtomicLong now = new AtomicLong(7);
    final QuarantineSlot quarantine = new QuarantineSlot();
    final List<Settlement> settled = new ArrayList<>();
    final ManualTimer timer = new ManualTimer();

    volatile boolean mayTake = true;

    /** How many runners were started. */
    volatile int started;

    /** What stands in the way of another runner. */
    volatile @Nullable Throwable noThread;

    final Workload workload = new Workload(
            "work",
            ContainerOptions.builder().concurrency(2).build(),
            batches(),
            timer,
            quarantine,
            () -> mayTake,
            this::startRunner,
            now::get);

    /** Which jobs run together. */
    Batches batches() {
        return oneByOne();
    }

    static Batches oneByOne() {
        return new Batches(new Handlers("work", List.of(RunnerFixture.handler((payload, context) -> null))));
    }

    @AfterEach
    void leaveNoInterruption() {
        Thread.interrupted();
    }

    private void startRunner() {
        if (noThread != null) {
            throw RunnerFixture.<RuntimeException>sneaky(noThread);
        }
        started++;
    }

    /** Returns what the thread that takes jobs would do now, {@code null} if it would wait. */
    @Nullable
    ClaimStep step() {
        try {
            return workload.awaitStep(() -> {
                Thread.currentThread().interrupt();
                return false;
            });
        } catch (InterruptedException ex) {
            return null;
        } finally {
            Thread.interrupted();
        }
    }

    /** All lanes have been looked at. */
    void nothingIsKnown() {
        workload.update(lanes -> {
            lanes.start(lanes.take(false));
            quarantine.giveUp();
        });
    }

    JobRun run(long seq) {
        return new JobRun(
                ClaimBookTests.job(1, seq),
                "work",
                3,
                new RunnerFixture.Known(false),
                () -> false,
                settled::add,
                report -> {},
                now::get);
    }

    List<JobRun> runs(int count) {
        return LongStream.rangeClosed(1, count).mapToObj(this::run).toList();
    }

    void hold(int count) {
        workload.hold(runs(count), 0);
    }

    /** One job runs for so long, and another is awaited by its runner in vain. */
    void runsOneFor(long nanos) {
        hold(1);
        JobRun run = workload.next(null);
        run.begin();
        now.addAndGet(nanos);
        workload.next(run);
    }

    List<Long> held() {
        List<Long> seqs = new ArrayList<>();
        workload.giveBackHeld(held -> held.forEach(run -> seqs.add(run.id())));
        return seqs;
    }

    /** Starts a thread and waits until it waits. */
    static Thread waiting(Waiting what) {
        Thread thread = new Thread(() -> {
            try {
                what.run();
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            }
        });
        thread.setDaemon(true);
        thread.start();
        awaitWaiting(thread);
        return thread;
    }

    static void awaitWaiting(Thread thread) {
        awaitWaiting(thread, "");
    }

    /** Waits until the thread waits in that method. */
    static void awaitWaiting(Thread thread, String method) {
        until(() -> {
            if (!thread.isAlive()) {
                throw new AssertionError("it did not wait");
            }
            return isWaitingIn(thread, method);
        });
    }

    /** Waits until that is so, or the time of the test is over. */
    static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            if (Thread.currentThread().isInterrupted()) {
                throw new AssertionError("not in time");
            }
            Thread.onSpinWait();
        }
    }

    static boolean isWaitingIn(Thread thread, String method) {
        return isWaiting(thread)
                && (method.isEmpty()
                        || Arrays.stream(thread.getStackTrace())
                                .anyMatch(frame -> frame.getMethodName().equals(method)));
    }

    private static boolean isWaiting(Thread thread) {
        return thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING;
    }

    interface Waiting {

        void run() throws InterruptedException;
    }
}
