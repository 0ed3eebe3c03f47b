package io.pgjobq.internal.schedule;

import io.pgjobq.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.support.CronExpression;

/** The times of a schedule. Immutable. */
@FunctionalInterface
interface Recurrence {

    /** Returns the first time after an instant, {@code null} if there is none. */
    @Nullable
    Instant after(Instant instant);

    static Recurrence of(Schedule schedule) {
        Duration every = schedule.every();
        if (every != null) {
            long millis = every.toMillis();
            return instant -> Instant.ofEpochMilli((Math.floorDiv(instant.toEpochMilli(), millis) + 1) * millis);
        }
        CronExpression cron = CronExpression.parse(String.valueOf(schedule.cron()));
        return instant -> {
            ZonedDateTime next = cron.next(instant.atZone(schedule.zone()));
            return next == null ? null : next.toInstant();
        };
    }

    /** Returns the first times after an instant, up to another one and not more than that many. */
    default List<Instant> between(Instant after, Instant until, int most) {
        List<Instant> times = new ArrayList<>();
        Instant time = after(after);
        while (time != null && !time.isAfter(until) && times.size() < most) {
            times.add(time);
            time = after(time);
        }
        return times;
    }

    /** Returns the last times between two instants, the first included, in their order, as many as that at most. */
    default List<Instant> last(Instant from, Instant until, int most) {
        // Nothing tells of the time before an instant: looks back further and further, until there are enough.
        Deque<Instant> found = new ArrayDeque<>();
        Duration back = Duration.ofSeconds(1);
        Instant start;
        do {
            start = until.minus(back).isBefore(from) ? from : until.minus(back);
            found.clear();
            Instant time = after(start.minusNanos(1));
            while (time != null && !time.isAfter(until)) {
                if (found.size() == most) {
                    found.removeFirst();
                }
                found.addLast(time);
                time = after(time);
            }
            back = back.multipliedBy(2);
        } while (found.size() < most && start.isAfter(from));
        return List.copyOf(found);
    }
}
