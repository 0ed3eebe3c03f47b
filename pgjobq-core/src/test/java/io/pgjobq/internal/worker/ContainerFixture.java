package io.pgjobq.internal.worker;

import static io.pgjobq.internal.worker.WorkloadFixture.awaitWaiting;

import io.pgjobq.BackOff;
import io.pgjobq.ContainerOptions;
import io.pgjobq.Handler;
import io.pgjobq.JobContext;
import io.pgjobq.QueueOptions;
import io.pgjobq.internal.store.ClaimRequest;
import io.pgjobq.test.TestOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** A container of a registered node, over tables that are not there. */
@Timeout(30)
class ContainerFixture extends WorkFixture {

    static final Duration LONG = Duration.ofSeconds(25);

    /** The threads that were to take jobs. */
    final List<Thread> claiming = new CopyOnWriteArrayList<>();

    volatile @Nullable Error noThread;

    @BeforeEach
    void begin() {
        node.register();
        settler.start();
    }

    /** A container whose queue has the number 7. */
    QueueContainer container(int concurrency, Duration shutdownTimeout, Handler handler) {
        QueueContainer container = unnumbered(concurrency, shutdownTimeout, handler);
        container.setQueueId(7);
        return container;
    }

    QueueContainer container(Handler.Invocation invocation) {
        return container(1, LONG, handler(invocation));
    }

    QueueContainer unnumbered(int concurrency, Duration shutdownTimeout, Handler handler) {
        BackOff retry = BackOff.fixed(Duration.ofMillis(20));
        TestOptions options = new TestOptions(
                QueueOptions.builder().maxAttempts(3).build(),
                ContainerOptions.builder()
                        .concurrency(concurrency)
                        .retry(retry)
                        .shutdownTimeout(shutdownTimeout)
                        .build());
        return new QueueContainer(
                "work",
                List.of(handler),
                List.of(),
                List.of(),
                options.queue(),
                options.container(),
                services,
                this::thread);
    }

    private Thread thread(Runnable work) {
        Error failure = noThread;
        if (failure != null) {
            throw failure;
        }
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        claiming.add(thread);
        return thread;
    }

    /** Starts a container, whose first claim takes jobs with these seqs. */
    void startWith(QueueContainer container, long... seqs) throws InterruptedException {
        tables.answers.add(FakeTables.jobs(seqs));
        container.start();
        asked();
    }

    ClaimRequest asked() throws InterruptedException {
        ClaimRequest request = tables.asked.poll(LONG.toSeconds(), TimeUnit.SECONDS);
        if (request == null) {
            throw new AssertionError("nothing was asked for");
        }
        return request;
    }

    /** Returns the thread that takes jobs when it waits for something to do. */
    Thread idle() {
        Thread thread = claiming.get(claiming.size() - 1);
        awaitWaiting(thread, "awaitStep");
        return thread;
    }

    /** A handler that says when it runs, and goes on when it is let. */
    static final class Gate implements Handler.Invocation {

        final CountDownLatch entered = new CountDownLatch(1);
        final CountDownLatch opened = new CountDownLatch(1);
        final BlockingQueue<Boolean> interrupted = new LinkedBlockingQueue<>();
        final BlockingQueue<Boolean> asksToStop = new LinkedBlockingQueue<>();

        @Override
        public @Nullable Object invoke(@Nullable Object payload, JobContext context) throws InterruptedException {
            entered.countDown();
            try {
                opened.await();
                asksToStop.add(context.shouldStop());
                interrupted.add(false);
            } catch (InterruptedException ex) {
                interrupted.add(true);
                throw ex;
            }
            return null;
        }
    }
}
