package io.pgjobq.support;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread of a node's own, and the lock under which it and the others meet: they change something, it waits for that, and
 * for the time. Can be started again after it has stopped. Thread-safe.
 */
public final class Background {

    private static final long STOP_MILLIS = TimeUnit.SECONDS.toMillis(5);

    private static final Duration AFTER_ERROR = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(Background.class);

    private final String name;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Guarded by the lock, as is the next. */
    private boolean stopping;

    private @Nullable Thread thread;

    public Background(String name) {
        this.name = name;
    }

    /** What the thread does. It ends when {@link #isStopping()}, or when it is interrupted. */
    @FunctionalInterface
    public interface Body {

        void run() throws InterruptedException;
    }

    /** Starts the thread, unless it runs. */
    public void start(Body body) {
        lock.lock();
        try {
            if (thread != null) {
                return;
            }
            stopping = false;
            thread = new Thread(() -> runAgain(body), name);
            thread.setDaemon(true);
            thread.start();
        } finally {
            lock.unlock();
        }
    }

    /** An error such as a lack of memory may pass: the thread must not be missed for ever. */
    private void runAgain(Body body) {
        try {
            while (!endsIn(body)) {
                rest(AFTER_ERROR);
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean endsIn(Body body) throws InterruptedException {
        try {
            body.run();
            return true;
        } catch (RuntimeException | Error ex) {
            LOG.error("{}: failed and starts again", name, ex);
            return isStopping();
        }
    }

    /** Lets the thread know that it is to end, and waits for that, at most 5 seconds. */
    public void stop() throws InterruptedException {
        Thread ending;
        lock.lock();
        try {
            stopping = true;
            ending = thread;
            thread = null;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (ending != null) {
            ending.join(STOP_MILLIS);
        }
    }

    /** Returns whether the thread is to end. */
    public boolean isStopping() {
        return read(() -> stopping);
    }

    /** Changes something that the thread may be waiting for. */
    public void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Looks at something that others change. */
    public <T extends @Nullable Object> T read(Supplier<T> question) {
        lock.lock();
        try {
            return question.get();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the condition holds, or the thread is to end. */
    public void await(BooleanSupplier condition) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!stopping && !condition.getAsBoolean()) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the condition holds, the time is over, or the thread is to end; returns whether the time is over. */
    public boolean await(BooleanSupplier condition, Duration limit) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = limit.toNanos();
            while (!stopping && !condition.getAsBoolean()) {
                if (left <= 0) {
                    return true;
                }
                left = changed.awaitNanos(left);
            }
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for so long, or until the thread is to end. */
    public void rest(Duration pause) throws InterruptedException {
        await(() -> false, pause);
    }
}
