package io.pgjobq.benchmarks.workloads;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Lets time pass, as part of what is measured. */
final class Pause {

    private static final long STEP = TimeUnit.MILLISECONDS.toNanos(1);

    private Pause() {}

    /** Lets 20 to 40 milliseconds pass, so that nothing falls into step. */
    static void random() {
        untilNanos(System.nanoTime()
                + TimeUnit.MICROSECONDS.toNanos(ThreadLocalRandom.current().nextInt(20_000, 40_000)));
    }

    /** Lets time pass until {@link System#nanoTime()} is there. */
    static void untilNanos(long nanos) {
        long left = nanos - System.nanoTime();
        while (left > 0) {
            LockSupport.parkNanos(left);
            left = nanos - System.nanoTime();
        }
    }

    /** Waits for the condition, looking each millisecond; returns whether it came true in time. */
    static boolean until(BooleanSupplier condition, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end >= 0) {
                return false;
            }
            LockSupport.parkNanos(STEP);
        }
        return true;
    }
}
