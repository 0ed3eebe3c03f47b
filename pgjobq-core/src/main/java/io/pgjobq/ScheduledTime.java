package io.pgjobq;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * For which time a schedule has sent a job.
 *
 * @param schedule the schedule's name
 * @param time the time for which it was sent, which may be over for long when the job runs
 * @param previous the time for which the schedule's job before was sent, {@code null} for the first
 */
public record ScheduledTime(
        String schedule, Instant time, @Nullable Instant previous) {}
