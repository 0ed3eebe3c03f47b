package io.pgjobq.internal.support;

import java.time.Duration;

/** Does things later. Thread-safe. */
public interface Timer extends AutoCloseable {

    /** Runs an action that does not block when the time has passed, and again while it fails, unless it is cancelled. */
    Alarm after(Duration time, Runnable action);

    /** Forgets what is still to be done. */
    @Override
    void close();

    /** Something that is to be done later. */
    @FunctionalInterface
    interface Alarm {

        void cancel();
    }
}
