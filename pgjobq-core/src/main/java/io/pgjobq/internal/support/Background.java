package io.pgjobq.internal.support;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * A thread of a node's own, and the lock under which it and the others meet: they change what is {@link #guard guarded}, it
 * waits for that, and for the time. Whatever its work throws, it goes on after a back-off. Can be started again after it has
 * stopped; a thread of an earlier start that has not ended by then does so as soon as it looks. Thread-safe.
 */
public final class Background {

    private static final long STOP_MILLIS = TimeUnit.SECONDS.toMillis(5);

    private static final Logger LOG = Log.of(Background.class);

    private final ThreadFactory threads;
    private final Outage outage;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** {@code null} before the first start, and after a stop. */
    @GuardedBy("lock")
    private @Nullable Run current;

    /** That of the current start. */
    @GuardedBy("lock")
    private @Nullable Thread thread;

    /** Nothing more is to come for those who wait. */
    @GuardedBy("lock")
    private boolean stopping;

    /** The run of the calling thread, if it is one of this background's. */
    private final ThreadLocal<@Nullable Run> own = new ThreadLocal<>();

    /** One start. It is to end as soon as it is not the current one. */
    private static final class Run {}

    /** What the thread does again and again. */
    @FunctionalInterface
    public interface Step {

        /** Does some of the work, and waits for more; returns whether to go on. When it is to end, it may do what is left. */
        boolean run() throws InterruptedException;
    }

    /** The thread is a daemon. */
    public Background(String name, Vitals vitals) {
        this(name, vitals, work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    public Background(String name, Vitals vitals, ThreadFactory threads) {
        this.threads = threads;
        this.outage = new Outage(LOG, name, vitals);
    }

    /** Starts the thread, unless it runs. If none can be had, it fails, and may be tried again. */
    public void start(Step step) {
        lock.lock();
        try {
            if (current != null) {
                return;
            }
            Run run = new Run();
            Thread next = threads.newThread(() -> work(run, step));
            stopping = false;
            next.start();
            current = run;
            thread = next;
        } finally {
            lock.unlock();
        }
    }

    private void work(Run run, Step step) {
        own.set(run);
        try {
            while (goesOn(step)) {}
        } finally {
            own.remove();
            ended(run);
        }
    }

    private void ended(Run run) {
        lock.lock();
        try {
            if (current == run) {
                current = null;
                thread = null;
            }
        } finally {
            changed.signalAll();
            lock.unlock();
        }
    }

    private boolean goesOn(Step step) {
        boolean goesOn;
        try {
            goesOn = tried(step);
        } catch (RuntimeException | Error ex) {
            // There is not even the memory to rest, or to say why not: the next step may find it.
            goesOn = !isStopping();
        }
        return goesOn;
    }

    private boolean tried(Step step) {
        try {
            try {
                boolean goesOn = step.run();
                outage.recovered();
                return goesOn;
            } catch (RuntimeException | Error ex) {
                restAfter(ex);
            }
        } catch (InterruptedException ex) {
            // Whoever wants it to end says so; an interruption alone is somebody's mistake.
            LOG.debug("interrupted, and goes on");
        }
        return !isStopping();
    }

    /** There may not even be the memory to log it. */
    private void restAfter(Throwable failure) throws InterruptedException {
        Duration pause = Duration.ofSeconds(1);
        try {
            pause = outage.failed(failure);
        } catch (RuntimeException | Error ex) {
            LOG.debug("the next failure is logged, if this one can't be");
        }
        rest(pause);
    }

    /** Lets the thread know that it is to end, and waits for that, at most 5 seconds. */
    public void stop() throws InterruptedException {
        Thread ending;
        lock.lock();
        try {
            stopping = true;
            ending = thread;
            current = null;
            thread = null;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (ending != null && ending != Thread.currentThread()) {
            ending.join(STOP_MILLIS);
        }
    }

    /** Returns whether the calling thread is to end, if it is this background's; otherwise whether that one is. */
    public boolean isStopping() {
        lock.lock();
        try {
            return stops();
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private boolean stops() {
        Run run = own.get();
        return run == null ? stopping : run != current;
    }

    /** Returns the only way to something that this thread and others share, from now on. */
    public <S> Guarded<S> guard(S state) {
        return new Guarded<>(this, lock, changed, state);
    }

    /** Waits until the condition holds, or the thread is to end. */
    public void await(BooleanSupplier condition) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!stops() && !condition.getAsBoolean()) {
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
            while (!stops() && !condition.getAsBoolean()) {
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
    public void rest(Duration time) throws InterruptedException {
        await(() -> false, time);
    }
}
