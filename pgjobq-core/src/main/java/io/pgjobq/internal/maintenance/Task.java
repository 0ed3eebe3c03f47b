package io.pgjobq.internal.maintenance;

import io.pgjobq.internal.support.Background;
import io.pgjobq.internal.support.Guarded;
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
    private final LongSupplier nanoTime;
    private final Outage outage;

    private final Guarded<Due> due;

    /** When it is due. */
    private static final class Due {

        /** By the given clock. */
        private long at;

        /** By the given clock. */
        private long notBefore;

        private boolean asked;

        Due(long at, long notBefore) {
            this.at = at;
            this.notBefore = notBefore;
        }

        long next() {
            return asked || at - notBefore < 0 ? notBefore : at;
        }

        void in(long time) {
            if (time - at < 0) {
                at = time;
            }
        }

        /** Returns whether somebody asked for it. */
        boolean take(long seldom, long now) {
            boolean wasAsked = asked;
            asked = false;
            at = seldom;
            notBefore = now;
            return wasAsked;
        }

        void repeat(boolean wasAsked, long time) {
            asked |= wasAsked;
            at = time;
            notBefore = time;
        }
    }

    Task(String name, Step step, Background background, LongSupplier nanoTime, Vitals vitals) {
        this.step = step;
        this.nanoTime = nanoTime;
        this.outage = new Outage(LOG, name, vitals);
        this.due = background.guard(new Due(after(Step.SELDOM), nanoTime.getAsLong()));
    }

    /** Asks for it, to be done at once. */
    void ask() {
        due.change(next -> next.asked = true);
    }

    /** It is due in so long at the latest. */
    void in(Duration time) {
        long at = after(time.compareTo(Step.SELDOM) < 0 ? time : Step.SELDOM);
        due.change(next -> next.in(at));
    }

    /** Returns when it is to be run. */
    long dueAt() {
        return due.read(Due::next);
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
        return due.read(next -> next.take(seldom, nanoTime.getAsLong()));
    }

    private void repeat(boolean wasAsked, Duration backOff) {
        long at = after(backOff);
        due.change(next -> next.repeat(wasAsked, at));
    }

    private long after(Duration time) {
        return nanoTime.getAsLong() + time.toNanos();
    }
}
