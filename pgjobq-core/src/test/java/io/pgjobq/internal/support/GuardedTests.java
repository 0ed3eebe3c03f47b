package io.pgjobq.internal.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class GuardedTests {

    private static final Duration LONG = Duration.ofHours(1);

    private final Background background = new Background("work", new Vitals(Duration.ofSeconds(30), System::nanoTime));
    private final Guarded<List<String>> words = background.guard(new ArrayList<>());
    private final Guarded<List<Integer>> numbers = background.guard(new ArrayList<>());

    @AfterEach
    void stop() throws InterruptedException {
        background.stop();
    }

    @Test
    void whatIsChangedIsSeenByWhoeverReads() {
        words.change(list -> list.add("a"));

        assertThat(words.<List<String>>read(List::copyOf)).containsExactly("a");
        assertThat(words.<Object>read(list -> null)).isNull();
    }

    @Test
    void allThatABackgroundGuardsIsReachedByOneThreadAtATime() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        Thread holding = started(() -> words.read(list -> {
            inside.countDown();
            try {
                leave.await();
            } catch (InterruptedException ex) {
                throw new IllegalStateException(ex);
            }
            return list.add("a");
        }));
        inside.await();
        Thread changing = started(() -> numbers.change(list -> list.add(1)));
        awaitWaiting(changing);
        leave.countDown();
        holding.join();
        changing.join();

        assertThat(numbers.<Integer>read(List::size)).isEqualTo(1);
    }

    @Test
    void theThreadIsWokenByAChangeEvenOneThatFails() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(1);
        background.start(() -> {
            words.await(list -> asked.incrementAndGet() == 3);
            done.countDown();
            return false;
        });
        awaitAsked(asked, 1);
        words.change(list -> {});
        awaitAsked(asked, 2);
        assertThatIllegalStateException()
                .isThrownBy(() -> numbers.change(list -> {
                    throw new IllegalStateException("state");
                }));

        done.await();
    }

    @Test
    void readingWakesNobody() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        Thread waiting = started(() -> words.await(list -> asked.incrementAndGet() == 2));
        awaitAsked(asked, 1);
        awaitWaiting(waiting);
        words.read(List::isEmpty);
        awaitWaiting(waiting);
        assertThat(asked).hasValue(1);
        words.change(list -> {});

        waiting.join();
    }

    @Test
    void whatIsWaitedForMayDependOnMoreThanOneThing() throws Exception {
        Thread waiting =
                started(() -> words.await(list -> !list.isEmpty() && numbers.read(others -> others.contains(1)), LONG));
        words.change(list -> {
            list.add("a");
            numbers.change(others -> others.add(1));
        });

        waiting.join();
    }

    @Test
    void saysWhetherATimeIsOverOrWhatItWaitsForHasCome() throws Exception {
        assertThat(words.await(List::isEmpty, LONG)).isFalse();
        assertThat(words.await(list -> !list.isEmpty(), Duration.ofMillis(1))).isTrue();
        assertThat(words.await(list -> !list.isEmpty(), Duration.ZERO)).isTrue();
    }

    @Test
    void nobodyWaitsAnyMoreWhenTheBackgroundStops() throws Exception {
        Thread waiting = started(() -> words.await(list -> false));
        Thread timed = started(() -> words.await(list -> false, LONG));
        awaitWaiting(waiting);
        awaitWaiting(timed);
        background.stop();

        waiting.join();
        timed.join();
        assertThat(words.await(list -> false, LONG)).as("the time is not over").isFalse();
    }

    @Test
    void anInterruptionEndsAWaitAndTheLockIsLeft() throws Exception {
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> words.await(list -> true));
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> words.await(list -> true, LONG));

        started(() -> words.change(list -> list.add("a"))).join();
    }

    private interface Work {

        void run() throws InterruptedException;
    }

    private static Thread started(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void awaitAsked(AtomicInteger asked, int times) {
        while (asked.get() != times) {
            Thread.onSpinWait();
        }
    }

    private static void awaitWaiting(Thread thread) {
        while (thread.getState() != Thread.State.WAITING && thread.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
    }
}
