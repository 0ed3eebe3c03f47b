package io.pgjobq.internal.worker;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The jobs in hand, as the threads of a container share them: each has them to itself while it looks or changes something, and
 * waits here for what the others change. They are reached in no other way. Thread-safe.
 */
final class SharedJobs {

    private final ReentrantLock lock = new ReentrantLock();

    /** Something that decides whether to take jobs has changed, or a job has ended. */
    private final Condition changed = lock.newCondition();

    @GuardedBy("lock")
    private final JobsInHand jobs;

    SharedJobs(JobsInHand jobs) {
        this.jobs = jobs;
    }

    /** Wakes everybody who waits. */
    <T extends @Nullable Object> T change(Function<JobsInHand, T> change) {
        lock.lock();
        try {
            return change.apply(jobs);
        } finally {
            changed.signalAll();
            lock.unlock();
        }
    }

    /** Wakes others only if there is something for the thread that takes jobs: it happens for each job. */
    <T extends @Nullable Object> T advance(Function<JobsInHand, T> change) {
        lock.lock();
        try {
            try {
                return change.apply(jobs);
            } finally {
                if (jobs.needsClaimer()) {
                    changed.signalAll();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Wakes nobody. */
    <T extends @Nullable Object> T look(Function<JobsInHand, T> question) {
        lock.lock();
        try {
            return question.apply(jobs);
        } finally {
            lock.unlock();
        }
    }

    /** Waits until there is an answer: asks at first, after each change, and now and then while time may change it. */
    <T> T await(Function<JobsInHand, @Nullable T> question) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            T answer;
            while ((answer = question.apply(jobs)) == null) {
                long nanos = jobs.nanosToLook();
                if (nanos < Long.MAX_VALUE) {
                    changed.awaitNanos(nanos);
                } else {
                    changed.await();
                }
            }
            return answer;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the condition holds, or the time is over. */
    void await(Predicate<JobsInHand> condition, Duration limit) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = limit.toNanos();
            while (left > 0 && !condition.test(jobs)) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }
}
