package io.pgjobq.internal.support;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/** A timer with a thread of its own, once it is used. Thread-safe. */
public final class TimerThread implements Timer {

    private static final Duration AGAIN = Duration.ofSeconds(1);

    private static final Logger LOG = Log.of(TimerThread.class);

    private final ScheduledThreadPoolExecutor executor;

    /** @param thread how its name begins */
    public TimerThread(String thread) {
        executor = new ScheduledThreadPoolExecutor(1, new DaemonThreads(thread));
        executor.setRemoveOnCancelPolicy(true);
    }

    @Override
    public Alarm after(Duration time, Runnable action) {
        ScheduledFuture<?> scheduled = executor.schedule(() -> run(action), time.toNanos(), TimeUnit.NANOSECONDS);
        return () -> scheduled.cancel(false);
    }

    private void run(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error ex) {
            LOG.debug("what was to be done later has failed, trying again", ex);
            after(AGAIN, action);
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
