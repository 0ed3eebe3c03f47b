package io.pgjobq.internal.support;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** A timer whose time passes when the test says so. Thread-safe. */
public final class ManualTimer implements Timer {

    private final AtomicLong now = new AtomicLong();
    private final Set<Entry> entries = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    /** Throws what a timer that can't be had throws. */
    public volatile Runnable before = () -> {};

    /** Equal to itself alone. */
    private static final class Entry {

        private final long due;
        private final Runnable action;

        Entry(long due, Runnable action) {
            this.due = due;
            this.action = action;
        }
    }

    @Override
    public Alarm after(Duration time, Runnable action) {
        before.run();
        Entry entry = new Entry(Math.addExact(now.get(), time.toNanos()), action);
        entries.add(entry);
        return () -> entries.remove(entry);
    }

    public void advance(Duration time) {
        long reached = now.addAndGet(time.toNanos());
        for (Entry entry : entries) {
            if (entry.due <= reached && entries.remove(entry)) {
                entry.action.run();
            }
        }
    }

    public int waiting() {
        return entries.size();
    }

    public boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        entries.clear();
    }
}
