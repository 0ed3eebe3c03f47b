package io.pgjobq.internal.completion;

import io.pgjobq.internal.support.Listening;
import java.time.Duration;
import java.util.function.LongSupplier;

/** When all jobs that somebody waits for are to be looked up, since nobody may have told of an end. Used by one thread. */
final class LookAround {

    /** While notifications arrive. */
    static final Duration RARELY = Duration.ofSeconds(30);

    private final Listening listening;
    private final Duration pollInterval;
    private final LongSupplier nanoTime;
    private long last;

    LookAround(Listening listening, Duration pollInterval, LongSupplier nanoTime) {
        this.listening = listening;
        this.pollInterval = pollInterval;
        this.nanoTime = nanoTime;
        this.last = nanoTime.getAsLong();
    }

    /** It has been done, or nothing was to be missed until now. */
    void done() {
        last = nanoTime.getAsLong();
    }

    /** Returns in what time, nothing if now. */
    Duration dueIn() {
        Duration pause = listening.isListening() ? RARELY : pollInterval;
        Duration left = pause.minusNanos(nanoTime.getAsLong() - last);
        return left.isNegative() ? Duration.ZERO : left;
    }
}
