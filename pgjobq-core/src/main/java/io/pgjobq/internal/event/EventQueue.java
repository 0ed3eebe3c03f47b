package io.pgjobq.internal.event;

import io.pgjobq.JobListener;
import io.pgjobq.internal.support.Log;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Events that listeners are still to be told. Once it is full it takes none until it is empty, and says so: gaps are few then,
 * and long. Not thread-safe.
 */
final class EventQueue {

    private static final Logger LOG = Log.of(ListenerEvents.class);

    private final int capacity;
    private final Queue<Consumer<JobListener>> events = new ArrayDeque<>();
    private boolean full;

    EventQueue(int capacity) {
        this.capacity = capacity;
    }

    void add(Consumer<JobListener> event) {
        if (full) {
            return;
        }
        if (events.size() < capacity) {
            events.add(event);
            return;
        }
        full = true;
        LOG.warn("job listeners fall behind by {} events; what comes is dropped until they have caught up", capacity);
    }

    boolean isEmpty() {
        return events.isEmpty();
    }

    /** Returns the next one and removes it, {@code null} if there is none. */
    @Nullable
    Consumer<JobListener> next() {
        Consumer<JobListener> event = events.poll();
        if (full && events.isEmpty()) {
            full = false;
            LOG.info("job listeners have caught up");
        }
        return event;
    }

    void clear() {
        events.clear();
    }
}
