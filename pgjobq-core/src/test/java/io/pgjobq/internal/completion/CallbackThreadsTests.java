package io.pgjobq.internal.completion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgjobq.internal.support.DaemonThreads;
import io.pgjobq.test.LogLines;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class CallbackThreadsTests {

    private static final InheritableThreadLocal<@Nullable String> REQUEST = new InheritableThreadLocal<>();

    private final AtomicReference<Runnable> beforeThread = new AtomicReference<>(() -> {});
    private final AtomicInteger made = new AtomicInteger();
    private final BlockingQueue<Thread> threads = new LinkedBlockingQueue<>();
    private final CallbackThreads callbacks = new CallbackThreads(counting());

    private ThreadFactory counting() {
        DaemonThreads daemons = new DaemonThreads("callback-");
        return work -> {
            beforeThread.get().run();
            made.incrementAndGet();
            Thread thread = daemons.newThread(work);
            threads.add(thread);
            return thread;
        };
    }

    @AfterEach
    void end() {
        callbacks.close();
        REQUEST.remove();
    }

    @RepeatedTest(50)
    void whatBlocksHoldsUpNothing() throws Exception {
        int count = 20;
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch blocked = new CountDownLatch(count);
        CountDownLatch ran = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            callbacks.execute(() -> {
                blocked.countDown();
                CompletionTrackerTests.await(go);
            });
            callbacks.execute(ran::countDown);
        }
        assertThat(blocked.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
        go.countDown();
    }

    @Test
    void whatCannotBeCompletedIsLoggedAndTheNextIs() throws Exception {
        CountDownLatch ran = new CountDownLatch(1);
        try (LogLines log = LogLines.capture()) {
            callbacks.execute(() -> {
                throw new StackOverflowError();
            });
            callbacks.execute(ran::countDown);
            assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
            callbacks.close();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(log.with("ERROR waiting for jobs: a future could not be completed"))
                    .hasSize(1);
        }
    }

    @Test
    void aBurstOfWhatDoesNotBlockMakesFewThreads() throws Exception {
        int count = 10_000;
        CountDownLatch ran = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            callbacks.execute(ran::countDown);
        }
        assertThat(ran.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(made).hasValueLessThan(200);
    }

    @Test
    void threadsEndWhenItIsClosedAndNothingIsLeft() throws Exception {
        CountDownLatch ran = new CountDownLatch(100);
        for (int i = 0; i < 100; i++) {
            callbacks.execute(ran::countDown);
        }
        callbacks.close();
        callbacks.execute(() -> {});
        assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(5));
            assertThat(thread.isAlive()).isFalse();
        }
    }

    @Test
    void whatATaskThrowsOrLeavesIsNotSeenByTheNext() throws Exception {
        callbacks.execute(() -> {
            Thread.currentThread().interrupt();
            Thread.currentThread().setContextClassLoader(null);
            throw new StackOverflowError();
        });
        Thread first = threads.take();
        CountDownLatch ran = new CountDownLatch(50);
        BlockingQueue<Boolean> clean = new LinkedBlockingQueue<>();
        for (int i = 0; i < 50; i++) {
            callbacks.execute(() -> {
                clean.add(!Thread.currentThread().isInterrupted()
                        && Thread.currentThread().getContextClassLoader()
                                == getClass().getClassLoader());
                ran.countDown();
            });
        }
        assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(clean).containsOnly(true);
        assertThat(first.isAlive()).isTrue();
    }

    @Test
    void threadsTakeNothingOverFromWhoeverCausesThem() throws Exception {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        try {
            REQUEST.set("request of a caller");
            Thread.currentThread().setContextClassLoader(new ClassLoader() {});
            callbacks.execute(
                    () -> seen.add(REQUEST.get() + " " + (Thread.currentThread().getContextClassLoader() == loader)));
        } finally {
            Thread.currentThread().setContextClassLoader(loader);
        }
        assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("null true");
        assertThat(threads.take().isDaemon()).isTrue();
    }

    @Test
    void whatCannotBeRunIsRefusedAndNotRunLater() throws Exception {
        beforeThread.set(CompletionTrackerTests.failOnce(new OutOfMemoryError("unable to create native thread")));
        BlockingQueue<String> ran = new LinkedBlockingQueue<>();
        assertThatThrownBy(() -> callbacks.execute(() -> ran.add("refused"))).isInstanceOf(OutOfMemoryError.class);
        callbacks.execute(() -> ran.add("first"));
        callbacks.execute(() -> ran.add("second"));
        assertThat(ran.poll(10, TimeUnit.SECONDS)).isNotEqualTo("refused");
        assertThat(ran.poll(10, TimeUnit.SECONDS)).isNotEqualTo("refused");
        assertThat(ran).isEmpty();
    }

    @Test
    void whereNoFurtherThreadCanBeHadTheOthersGoOn() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch ran = new CountDownLatch(11);
        callbacks.execute(() -> {
            begun.countDown();
            CompletionTrackerTests.await(go);
            ran.countDown();
        });
        CompletionTrackerTests.await(begun);
        beforeThread.set(() -> {
            throw new OutOfMemoryError("unable to create native thread");
        });
        for (int i = 0; i < 10; i++) {
            callbacks.execute(ran::countDown);
        }
        go.countDown();
        assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(made).hasValue(1);
    }
}
