package io.pgjobq.internal.worker;

import io.pgjobq.internal.support.Log;
import io.pgjobq.internal.support.Timer;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Looks again at jobs that wait for others, when they have waited for long enough. Not thread-safe. */
final class BatchWait {

    private static final Logger LOG = Log.of(BatchWait.class);

    private final Timer timer;
    private final Runnable over;
    private final LongSupplier nanoTime;

    /** What is to come, {@code null} if nothing is. */
    private Timer.@Nullable Alarm alarm;

    private long at;

    /** @param over is called by a thread of the timer, and has {@link #end} called by whoever has the jobs then */
    BatchWait(Timer timer, Runnable over, LongSupplier nanoTime) {
        this.timer = timer;
        this.over = over;
        this.nanoTime = nanoTime;
    }

    /** Jobs wait for so long, if nothing happens meanwhile. */
    void begin(long nanos) {
        long wanted = nanoTime.getAsLong() + nanos;
        if (alarm != null && at - wanted <= 0) {
            return;
        }
        end();
        at = wanted;
        try {
            alarm = timer.after(Duration.ofNanos(nanos), over);
        } catch (RuntimeException | Error ex) {
            // There is no memory for it, or the node has stopped: what is held for too long is given back.
            LOG.debug("what waits for a batch can't be timed", ex);
        }
    }

    /** Nobody waits any more, or whoever does is looked at now. */
    void end() {
        Timer.Alarm pending = alarm;
        alarm = null;
        if (pending != null) {
            pending.cancel();
        }
    }
}
