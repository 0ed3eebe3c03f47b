package io.pgjobq.internal.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TimerThreadTests {

    private final TimerThread timer = new TimerThread("pgjobq-timeout-");
    private final BlockingQueue<String> done = new LinkedBlockingQueue<>();

    @AfterEach
    void end() {
        timer.close();
    }

    @Test
    void whatFailsIsDoneAgain() throws Exception {
        AtomicBoolean failed = new AtomicBoolean();
        var unused = timer.after(Duration.ofNanos(1), () -> {
            if (!failed.getAndSet(true)) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            done.add("done");
        });
        assertThat(done.poll(10, TimeUnit.SECONDS)).isEqualTo("done");
    }

    @Test
    void thingsAreDoneInTheOrderOfTheirTimesUnlessTheyAreCancelled() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        var unusedFirst = timer.after(Duration.ofNanos(1), () -> await(go));
        var unusedLate = timer.after(Duration.ofHours(1), () -> done.add("late"));
        var unusedSecond = timer.after(Duration.ofMillis(1), () -> done.add("second"));
        var cancelled = timer.after(Duration.ofMillis(2), () -> done.add("cancelled"));
        var unusedThird = timer.after(Duration.ofMillis(3), () -> done.add("third"));
        cancelled.cancel();
        go.countDown();
        assertThat(done.poll(10, TimeUnit.SECONDS)).isEqualTo("second");
        assertThat(done.poll(10, TimeUnit.SECONDS)).isEqualTo("third");
        assertThat(done).isEmpty();
    }

    private static void await(CountDownLatch go) {
        try {
            go.await();
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }
}
