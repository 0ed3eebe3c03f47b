package io.pgjobq.internal.maintenance;

import io.pgjobq.Overlap;
import io.pgjobq.internal.schedule.Firing;
import io.pgjobq.internal.store.ScheduleStore.Due;
import io.pgjobq.internal.store.ScheduleStore.Fired;
import io.pgjobq.internal.store.ScheduleStore.Move;
import io.pgjobq.internal.support.Log;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Sends the jobs of schedules that are due, some schedules at a time. Used by one thread. */
final class Schedules implements Step {

    /** How soon a job is sent that waits for the one before it. */
    static final Duration WAIT = Duration.ofSeconds(1);

    /** How soon one is looked at again that nobody declares. */
    static final Duration UNDECLARED = Duration.ofMinutes(1);

    private static final int AT_ONCE = 100;

    private static final Logger LOG = Log.of(Schedules.class);

    private final Timetable timetable;
    private final Announcements announcements;
    private final Set<String> undeclared = new HashSet<>();

    /** The schedules. */
    interface Timetable {

        /** Returns whether what this application declares is there. */
        boolean hasDeclared();

        /** Sees to it that what this application declares is there. */
        void declare();

        List<Due> dueSchedules(int limit);

        List<Fired> fire(List<Move> moves);

        void putOff(Due due, Duration time);

        /** Returns in how many milliseconds the next one is due, {@code null} for never. */
        @Nullable
        Long nextInMillis();
    }

    Schedules(Timetable timetable, Announcements announcements) {
        this.timetable = timetable;
        this.announcements = announcements;
    }

    @Override
    public Duration run(boolean asked) {
        if (!timetable.hasDeclared()) {
            timetable.declare();
        }
        List<Due> due = timetable.dueSchedules(AT_ONCE);
        List<Move> moves = new ArrayList<>();
        for (Due each : due) {
            if (!each.declared()) {
                report(each);
                timetable.putOff(each, UNDECLARED);
            } else if (each.running() && each.schedule().overlap() == Overlap.WAIT) {
                timetable.putOff(each, WAIT);
            } else {
                Firing firing = Firing.of(each.schedule(), each.time(), each.now());
                moves.add(new Move(each, firing.times(), firing.next()));
            }
        }
        if (!moves.isEmpty()) {
            timetable.fire(moves).forEach(this::announce);
        }
        if (due.size() == AT_ONCE) {
            return Duration.ZERO;
        }
        Long next = timetable.nextInMillis();
        return next == null ? SELDOM : Duration.ofMillis(Math.max(0, next));
    }

    private void announce(Fired fired) {
        undeclared.remove(fired.due().schedule().name());
        if (fired.ready() != null) {
            announcements.ready(fired.ready());
        }
    }

    private void report(Due due) {
        if (undeclared.add(due.schedule().name())) {
            LOG.warn(
                    "schedule '{}': is due, but no running application declares it any more; it sends nothing",
                    due.schedule().name());
        }
    }
}
