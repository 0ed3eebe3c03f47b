package io.pgjobq.internal.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@Timeout(30)
class BackgroundTests {

    private final Vitals vitals = new Vitals(Duration.ofSeconds(30), System::nanoTime);
    private final Background background = new Background("work", vitals);
    private final AtomicInteger steps = new AtomicInteger();

    @AfterEach
    void stop() throws InterruptedException {
        background.stop();
    }

    @Test
    void goesOnAfterWhateverAStepThrows() throws Exception {
        List<Throwable> failures = List.of(
                new OutOfMemoryError("heap"),
                new StackOverflowError(),
                new IllegalStateException("state"),
                new NoClassDefFoundError("class"));
        CountDownLatch done = new CountDownLatch(1);
        background.start(() -> {
            int step = steps.getAndIncrement();
            if (step < failures.size()) {
                BackgroundTests.<RuntimeException>fail(failures.get(step));
            }
            done.countDown();
            background.await(() -> false);
            return !background.isStopping();
        });

        done.await();
        assertThat(steps).hasValue(failures.size() + 1);
    }

    @Test
    void tellsTheVitalsOfAnErrorUntilAStepSucceeds() throws Exception {
        CountDownLatch failed = new CountDownLatch(2);
        CountDownLatch mended = new CountDownLatch(1);
        CountDownLatch next = new CountDownLatch(1);
        background.start(() -> {
            if (steps.incrementAndGet() > 2) {
                next.countDown();
                background.await(() -> steps.get() > 3);
            }
            failed.countDown();
            if (mended.getCount() > 0) {
                throw new OutOfMemoryError("heap");
            }
            return true;
        });
        failed.await();
        assertThat(vitals.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.activity()).isEqualTo("work"));

        mended.countDown();
        next.await();
        background.guard(steps).change(AtomicInteger::incrementAndGet);
        while (!vitals.problems().isEmpty()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void anInterruptionAloneDoesNotEndIt() throws Exception {
        Queue<Thread> threads = new ConcurrentLinkedQueue<>();
        CountDownLatch twice = new CountDownLatch(2);
        background.start(() -> {
            threads.add(Thread.currentThread());
            twice.countDown();
            background.await(() -> false);
            return !background.isStopping();
        });
        while (threads.isEmpty()) {
            Thread.onSpinWait();
        }
        threads.element().interrupt();

        twice.await();
    }

    @Test
    void goesOnIfThereIsNotEvenTheMemoryToLogAFailureOrAnInterruption() throws Exception {
        Logger log = (Logger) LoggerFactory.getLogger(Background.class);
        Level before = log.getLevel();
        Full full = new Full();
        full.start();
        log.setLevel(Level.DEBUG);
        log.addAppender(full);
        CountDownLatch done = new CountDownLatch(1);
        try {
            background.start(() -> {
                switch (steps.incrementAndGet()) {
                    case 1 -> throw new OutOfMemoryError("heap");
                    case 2 -> throw new InterruptedException();
                    default -> done.countDown();
                }
                background.await(() -> false);
                return !background.isStopping();
            });
            done.await();
        } finally {
            log.detachAppender(full);
            log.setLevel(before);
        }
    }

    /** Has no memory for what is logged. */
    private static final class Full extends AppenderBase<ILoggingEvent> {

        @Override
        protected void append(ILoggingEvent event) {
            throw new OutOfMemoryError("log");
        }
    }

    @Test
    void canBeTriedAgainIfNoThreadIsToBeHad() throws Exception {
        CountDownLatch ran = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        Background scarce = new Background("scarce", vitals, work -> {
            if (asked.incrementAndGet() == 1) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            return new Thread(work);
        });
        Background.Step step = () -> {
            ran.countDown();
            return false;
        };

        assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> scarce.start(step));
        scarce.start(step);

        ran.await();
        scarce.stop();
    }

    @RepeatedTest(20)
    void aThreadOfAnEarlierStartDoesNothingMoreAfterTheNext() throws Exception {
        CountDownLatch inStep = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Queue<Thread> old = new ConcurrentLinkedQueue<>();
        AtomicInteger oldSteps = new AtomicInteger();
        background.start(() -> {
            oldSteps.incrementAndGet();
            old.add(Thread.currentThread());
            inStep.countDown();
            release.await();
            return !background.isStopping();
        });
        inStep.await();
        Thread stopping = new Thread(() -> {
            try {
                background.stop();
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            }
        });
        stopping.start();
        while (!background.isStopping()) {
            Thread.onSpinWait();
        }
        CountDownLatch ran = new CountDownLatch(1);
        background.start(() -> {
            ran.countDown();
            background.await(() -> false);
            return !background.isStopping();
        });
        ran.await();

        release.countDown();
        old.element().join();
        stopping.join();
        assertThat(oldSteps).hasValue(1);
        assertThat(background.isStopping()).isFalse();
    }

    @Test
    void runsOnADaemonThatStopWaitsFor() throws Exception {
        AtomicReference<Thread> thread = new AtomicReference<>();
        CountDownLatch running = new CountDownLatch(1);
        background.start(() -> {
            thread.set(Thread.currentThread());
            running.countDown();
            background.await(() -> false);
            return false;
        });
        running.await();

        assertThat(thread.get().isDaemon()).isTrue();
        background.stop();
        assertThat(thread.get().isAlive()).isFalse();
    }

    @Test
    void canBeStartedAgainWhenItsWorkHasEndedByItself() throws Exception {
        CountDownLatch again = new CountDownLatch(1);
        AtomicReference<Thread> first = new AtomicReference<>();
        background.start(() -> {
            first.set(Thread.currentThread());
            return false;
        });
        while (first.get() == null) {
            Thread.onSpinWait();
        }
        first.get().join();

        background.start(() -> {
            again.countDown();
            return false;
        });
        assertThat(again.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void saysWhetherATimeIsOverOrWhatItWaitsForHasCome() throws Exception {
        assertThat(background.await(() -> false, Duration.ofMillis(1))).isTrue();
        assertThat(background.await(() -> false, Duration.ZERO)).isTrue();
        assertThat(background.await(() -> true, Duration.ZERO)).isFalse();
    }

    @Test
    void stopsWhileItRestsAfterAFailure() throws Exception {
        CountDownLatch failed = new CountDownLatch(8);
        Queue<Thread> threads = new ConcurrentLinkedQueue<>();
        background.start(() -> {
            threads.add(Thread.currentThread());
            failed.countDown();
            throw new IllegalStateException(new SQLException("away"));
        });
        failed.await();

        background.stop();

        assertThat(threads.element().isAlive()).isFalse();
        assertThat(background.isStopping()).isTrue();
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void fail(Throwable failure) throws T {
        throw (T) failure;
    }
}
