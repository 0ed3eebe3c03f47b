package io.pgjobq.internal.support;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Background} shares with other threads. It is handed out for the time of a call only, under the lock of the
 * background, and nothing else leads to it: so nobody can forget the lock. Everything that one background guards has the same
 * lock, and calls may be nested. Thread-safe.
 *
 * @param <S> need not be thread-safe
 */
public final class Guarded<S> {

    private final Background background;
    private final ReentrantLock lock;
    private final Condition changed;

    @GuardedBy("lock")
    private final S state;

    Guarded(Background background, ReentrantLock lock, Condition changed, S state) {
        this.background = background;
        this.lock = lock;
        this.changed = changed;
        this.state = state;
    }

    /** Changes something that the thread may be waiting for. */
    public void change(Consumer<? super S> change) {
        lock.lock();
        try {
            change.accept(state);
        } finally {
            changed.signalAll();
            lock.unlock();
        }
    }

    /** Looks at it, or changes something that nobody waits for. */
    public <T extends @Nullable Object> T read(Function<S, T> question) {
        lock.lock();
        try {
            return question.apply(state);
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the condition holds, or the thread is to end. */
    public void await(Predicate<? super S> condition) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            S seen = state;
            background.await(() -> condition.test(seen));
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the condition holds, the time is over, or the thread is to end; returns whether the time is over. */
    public boolean await(Predicate<? super S> condition, Duration limit) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            S seen = state;
            return background.await(() -> condition.test(seen), limit);
        } finally {
            lock.unlock();
        }
    }
}
