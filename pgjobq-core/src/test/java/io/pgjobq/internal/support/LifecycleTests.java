package io.pgjobq.internal.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LifecycleTests {

    private final Lifecycle lifecycle = new Lifecycle();
    private final List<String> done = new ArrayList<>();

    @Test
    void startsOnceAndStopsOnce() {
        assertThat(lifecycle.stop(() -> done.add("stop"))).isFalse();
        assertThat(lifecycle.isRunning()).isFalse();
        assertThat(lifecycle.start(generation -> done.add("start"))).isTrue();
        assertThat(lifecycle.start(generation -> done.add("again"))).isFalse();
        assertThat(lifecycle.isRunning()).isTrue();
        assertThat(lifecycle.stop(() -> done.add("stop"))).isTrue();
        assertThat(lifecycle.stop(() -> done.add("again"))).isFalse();
        assertThat(lifecycle.isRunning()).isFalse();

        assertThat(done).containsExactly("start", "stop");
    }

    @Test
    void isStoppedAfterAStartThatFailedAndCanBeStartedAgain() {
        assertThatIllegalStateException()
                .isThrownBy(() -> lifecycle.start(generation -> {
                    throw new IllegalStateException("away");
                }));

        assertThat(lifecycle.isRunning()).isFalse();
        assertThat(lifecycle.start(generation -> {})).isTrue();
    }

    @Test
    void aGenerationIsOverAsSoonAsAStopIsAskedFor() {
        List<Long> generations = new ArrayList<>();
        lifecycle.start(generations::add);
        assertThat(lifecycle.isCurrent(generations.get(0))).isTrue();

        lifecycle.stop();
        assertThat(lifecycle.isCurrent(generations.get(0))).isFalse();
        lifecycle.start(generations::add);

        assertThat(lifecycle.isCurrent(generations.get(0))).isFalse();
        assertThat(lifecycle.isCurrent(generations.get(1))).isTrue();
    }

    @Test
    void aStartThatIsUnderWayLearnsThatItIsOver() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        Thread starting = new Thread(() -> lifecycle.start(generation -> {
            started.countDown();
            while (lifecycle.isCurrent(generation)) {
                Thread.onSpinWait();
            }
            over.countDown();
        }));
        starting.start();
        started.await();

        assertThat(lifecycle.stop(() -> done.add("stop"))).isTrue();

        assertThat(over.getCount()).isZero();
        assertThat(done).containsExactly("stop");
    }

    @Test
    void allPartsAreRunByAnInterruptedThreadWhichStaysSo() {
        lifecycle.start(generation -> {});
        Thread.currentThread().interrupt();

        lifecycle.stop(
                () -> done.add("one " + Thread.currentThread().isInterrupted()),
                () -> {
                    throw new InterruptedException();
                },
                () -> Thread.currentThread().interrupt(),
                () -> done.add("four " + Thread.currentThread().isInterrupted()));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(done).containsExactly("one false", "four false");
    }

    @Test
    void allPartsAreRunAlthoughOneFails() {
        lifecycle.start(generation -> {});

        assertThatIllegalStateException()
                .isThrownBy(() -> lifecycle.stop(
                        () -> {
                            throw new IllegalStateException("one");
                        },
                        () -> {
                            throw new AssertionError("two");
                        },
                        () -> done.add("three")))
                .withMessage("one")
                .satisfies(ex -> assertThat(ex.getSuppressed()).hasSize(1));

        assertThat(done).containsExactly("three");
        assertThat(lifecycle.isRunning()).isFalse();
    }

    @RepeatedTest(20)
    void nothingIsStartedTwiceHoweverManyStartAndStop() throws Exception {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Random random = new Random(i);
            threads.add(new Thread(() -> {
                for (int turn = 0; turn < 500; turn++) {
                    if (random.nextBoolean()) {
                        lifecycle.start(generation -> most.accumulateAndGet(running.incrementAndGet(), Math::max));
                    } else {
                        lifecycle.stop(running::decrementAndGet);
                    }
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(most).hasValue(1);
        assertThat(running).hasValue(lifecycle.isRunning() ? 1 : 0);
    }
}
