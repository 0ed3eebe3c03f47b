package io.pgjobq.internal.worker;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.pgjobq.Handler;
import io.pgjobq.internal.support.Log;
import io.pgjobq.internal.support.LogText;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * How long a queue rests while attempts of it can't begin, and for how long that is excused; and while their ends can't be
 * recorded, which always is. Jobs keep their place in the line meanwhile, rather than being rewritten each time. Thread-safe.
 */
final class BeginBackOff {

    private static final long FIRST = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST = TimeUnit.SECONDS.toNanos(30);

    /** After so long attempts are charged, so that a job that can never begin ends, and no longer stands before others. */
    private static final long EXCUSED = TimeUnit.MINUTES.toNanos(1);

    /** After so long without another failure it is said that attempts begin again. */
    private static final long QUIET = TimeUnit.SECONDS.toNanos(5);

    private static final Logger LOG = Log.of(BeginBackOff.class);

    private final String queue;
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final Map<Where, Trouble> troubles = new HashMap<>();

    /** Whether there is any trouble: asked for each attempt. Written while {@code lock} is held. */
    private volatile boolean troubled;

    /**
     * Where there is trouble.
     *
     * @param handler the handler's description
     * @param atEnd whether what its attempts came to can't be recorded, rather than that they can't begin
     */
    private record Where(String handler, boolean atEnd) {}

    BeginBackOff(String queue, LongSupplier nanoTime) {
        this.queue = queue;
        this.nanoTime = nanoTime;
    }

    /** An attempt could not begin; returns whether that is to be charged. */
    boolean failed(Handler handler, Throwable cause) {
        long now = nanoTime.getAsLong();
        lock.lock();
        try {
            Where where = new Where(handler.description(), false);
            if (!troubles.containsKey(where)) {
                LOG.warn(
                        "queue '{}': attempts of {} can't begin, tried again less and less often, and charged after {} s:"
                                + " {}",
                        queue,
                        handler.description(),
                        TimeUnit.NANOSECONDS.toSeconds(EXCUSED),
                        LogText.masked(String.valueOf(cause.getMessage())));
            }
            return failed(where, now);
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private boolean failed(Where where, long now) {
        troubled = true;
        return troubles.computeIfAbsent(where, first -> new Trouble(now)).failed(now);
    }

    /** An attempt was rolled back, as history has no partition for its end. That may have begun, so that begins don't count. */
    void unrecorded(Handler handler) {
        long now = nanoTime.getAsLong();
        lock.lock();
        try {
            Where where = new Where(handler.description(), true);
            if (!troubles.containsKey(where)) {
                LOG.warn(
                        "queue '{}': history has no partition for what {} ends, tried again less and less often",
                        queue,
                        handler.description());
            }
            failed(where, now);
        } finally {
            lock.unlock();
        }
    }

    /** An attempt has got through. */
    void recorded(Handler handler) {
        lock.lock();
        try {
            if (troubles.remove(new Where(handler.description(), true)) != null) {
                troubled = !troubles.isEmpty();
                LOG.info("queue '{}': what {} ends is recorded again", queue, handler.description());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether anything stands in the way of attempts. */
    boolean isTroubled() {
        return troubled;
    }

    /** An attempt has begun. */
    void begun(Handler handler) {
        if (troubled) {
            recovered(handler);
        }
    }

    private void recovered(Handler handler) {
        long now = nanoTime.getAsLong();
        lock.lock();
        try {
            Where where = new Where(handler.description(), false);
            Trouble trouble = troubles.get(where);
            if (trouble != null && trouble.isOver(now)) {
                troubles.remove(where);
                troubled = !troubles.isEmpty();
                LOG.info("queue '{}': attempts of {} begin again", queue, handler.description());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns for how long no job should be taken. */
    Duration rest() {
        if (!troubled) {
            return Duration.ZERO;
        }
        long now = nanoTime.getAsLong();
        lock.lock();
        try {
            long rest = 0;
            for (Trouble trouble : troubles.values()) {
                rest = Math.max(rest, trouble.until - now);
            }
            return Duration.ofNanos(rest);
        } finally {
            lock.unlock();
        }
    }

    /** Returns how many jobs may be taken of those that there is room for: as many as run at once, until an attempt begins. */
    int room(int room, int concurrency) {
        if (!troubled) {
            return room;
        }
        lock.lock();
        try {
            return troubles.values().stream().anyMatch(trouble -> trouble.delay > 0)
                    ? Math.min(concurrency, room)
                    : room;
        } finally {
            lock.unlock();
        }
    }

    /** What stands in the way of one handler. Reached through {@link #troubles} only. */
    private static final class Trouble {

        private long since;
        private long last;
        private long delay;
        private long until;

        Trouble(long now) {
            since = now;
            until = now;
        }

        boolean failed(long now) {
            // Those that were taken together fail together, and count once.
            if (now - until >= 0) {
                delay = delay == 0 ? FIRST : Math.min(2 * delay, LONGEST);
                until = now + delay;
            }
            last = now;
            return now - since >= EXCUSED;
        }

        /** An attempt has begun; returns whether that has been so for long enough to be said. */
        boolean isOver(long now) {
            since = now;
            delay = 0;
            until = now;
            return now - last >= QUIET;
        }
    }
}
