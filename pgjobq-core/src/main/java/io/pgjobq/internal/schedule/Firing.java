package io.pgjobq.internal.schedule;

import io.pgjobq.Missed;
import io.pgjobq.Overlap;
import io.pgjobq.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a schedule that is due is to do.
 *
 * @param times for which times it sends jobs, in their order
 * @param next its next time, {@code null} for never
 */
public record Firing(List<Instant> times, @Nullable Instant next) {

    /** What is later than that was missed. */
    static final Duration GRACE = Duration.ofSeconds(10);

    /** More are left for the next look, at once. */
    private static final int MOST_AT_ONCE = 100;

    /**
     * Works it out.
     *
     * @param due the time that is due
     * @param now by the server's clock
     */
    public static Firing of(Schedule schedule, Instant due, Instant now) {
        Recurrence times = Recurrence.of(schedule);
        if (schedule.overlap() == Overlap.WAIT) {
            boolean missed = schedule.missed() == Missed.SKIP && due.isBefore(now.minus(GRACE));
            return new Firing(missed ? List.of() : List.of(due), times.after(now));
        }
        Instant graceful = now.minus(GRACE);
        boolean late = due.isBefore(graceful);
        List<Instant> recent = new ArrayList<>();
        if (!late) {
            recent.add(due);
        }
        Instant after = late ? graceful.minusNanos(1) : due;
        recent.addAll(times.between(after, now, MOST_AT_ONCE - recent.size()));
        Instant reached = recent.size() < MOST_AT_ONCE ? now : recent.get(recent.size() - 1);
        List<Instant> all = new ArrayList<>(late ? missed(schedule, times, due, graceful, recent) : List.of());
        all.addAll(recent);
        boolean alone = schedule.overlap() == Overlap.SKIP && !all.isEmpty();
        return new Firing(alone ? List.of(all.get(all.size() - 1)) : List.copyOf(all), times.after(reached));
    }

    /** Whoever wants one of those that were missed has it in one that was not. */
    private static List<Instant> missed(
            Schedule schedule, Recurrence times, Instant due, Instant graceful, List<Instant> recent) {
        int most = switch (schedule.missed()) {
            case SKIP -> 0;
            case ONCE -> recent.isEmpty() ? 1 : 0;
            case ALL -> schedule.catchUp();
        };
        return most == 0 ? List.of() : times.last(due, graceful.minusNanos(1), most);
    }

    /** Returns the first time of a schedule after an instant, {@code null} if there is none. */
    public static @Nullable Instant first(Schedule schedule, Instant after) {
        return Recurrence.of(schedule).after(after);
    }

    /** Returns the first times of a schedule after an instant. */
    public static List<Instant> first(Schedule schedule, Instant after, int count) {
        return Recurrence.of(schedule).between(after, Instant.MAX, count);
    }
}
