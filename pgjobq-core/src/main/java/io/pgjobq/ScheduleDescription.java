package io.pgjobq;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A schedule and how it stands.
 *
 * @param schedule what it sends and when
 * @param byCode whether an application declares it, which changes it by its next start; otherwise it was saved by
 *     {@link JobSchedules}
 * @param declared whether a living node declares it; one that no node declares any more sends nothing. Always true for one that was
 *     saved.
 * @param paused whether somebody has paused it
 * @param next the next time for which it sends a job, {@code null} for never
 * @param last the last time for which it has sent one, {@code null} for none yet
 * @param lastJob the id of that job, or of one that was sent by hand; {@code null} for none yet
 */
public record ScheduleDescription(
        Schedule schedule,
        boolean byCode,
        boolean declared,
        boolean paused,
        @Nullable Instant next,
        @Nullable Instant last,
        @Nullable Long lastJob) {}
