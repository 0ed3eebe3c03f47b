package io.pgjobq.internal.maintenance;

import io.pgjobq.internal.support.Background;
import io.pgjobq.internal.support.Log;
import io.pgjobq.internal.support.Outage;
import io.pgjobq.internal.support.Vitals;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * A step, when it is due, and whether somebody asked for it. After a failure it is done again when its back-off is over,
 * whoever asks meanwhile. Anybody may ask; the background's thread runs it.
 */
final class Task {

    private static final Logger LOG = Log.of(Task.class);

    private final Step step;
    private final Background background;
    private final LongSupplier nanoTime;
    private final Outage outage;

    /** By the given clock. Guarded by the background's lock. */
    private long dueAt;

    /** By the given clock. Guarded by the background's lock. */
    private long notBefore;

    /** Guarded by the background's lock. */
    private boolean asked;

    Task(String name, Step step, Background background, LongSupplier nanoTime, Vitals vitals) {
        this.step = step;
        this.background = background;
        this.nanoTime = nanoTime;
        this.outage = new Outage(LOG, name, vitals);
        this.notBefore = nanoTime.getAsLong();
        this.dueAt = after(Step.SELDOM);
    }

    /** Asks for it, to be done at once. */
    void ask() {
        background.change(() -> asked = true);
    }

    /** It is due in so long at the latest. */
    void in(Duration time) {
        long at = after(time.compareTo(Step.SELDOM) < 0 ? time : Step.SELDOM);
        background.change(() -> {
            if (at - dueAt < 0) {
                dueAt = at;
            }
        });
    }

    /** Returns when it is to be run. */
    long dueAt() {
        return background.read(() -> asked || dueAt - notBefore < 0 ? notBefore : dueAt);
    }

    /** Runs it if it is due, and returns the failure, if it failed. What is asked for meanwhile is done the next time. */
    @Nullable
    Throwable runIfDue() {
        if (dueAt() - nanoTime.getAsLong() > 0) {
            return null;
        }
        boolean wasAsked = take();
        try {
            in(step.run(wasAsked));
            outage.recovered();
            return null;
        } catch (RuntimeException | Error ex) {
            repeat(wasAsked, outage.failed(ex));
            return ex;
        }
    }

    private boolean take() {
        long seldom = after(Step.SELDOM);
        return background.read(() -> {
            boolean result = asked;
            asked = false;
            dueAt = seldom;
            notBefore = nanoTime.getAsLong();
            return result;
        });
    }

    private void repeat(boolean wasAsked, Duration backOff) {
        long at = after(backOff);
        background.change(() -> {
            asked |= wasAsked;
            dueAt = at;
            notBefore = at;
        });
    }

    private long after(Duration time) {
        return nanoTime.getAsLong() + time.toNanos();
    }
}
