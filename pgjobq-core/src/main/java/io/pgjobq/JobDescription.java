package io.pgjobq;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job and how it stands. All times are by the database's clock.
 *
 * @param id its id
 * @param queue its queue's name, empty if that was deleted
 * @param type its logical type as it is stored, {@code order@2} for version 2 of {@code order}; empty if none
 * @param state where it is
 * @param priority from 0 (first) to 9 (last)
 * @param attempts how many attempts were charged; of a job that has ended, the last one included
 * @param snoozes how often its handler asked to be called again later
 * @param sentAt when it was sent
 * @param dueAt until when it waits, {@code null} if it does not
 * @param startedAt since when a node holds it, or when its last attempt started if it has ended; {@code null} if neither
 * @param finishedAt when it ended, {@code null} if it has not
 * @param node the name of the node that holds it, or ran it last if that still lives; {@code null} if none
 * @param attributes those given by the sender
 * @param errors those of its attempts, the latest last
 * @param progress how far it is, {@code null} if its handler has not reported that, or if it has ended
 */
public record JobDescription(
        long id,
        String queue,
        String type,
        JobState state,
        int priority,
        int attempts,
        int snoozes,
        Instant sentAt,
        @Nullable Instant dueAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable String node,
        Map<String, String> attributes,
        List<JobError> errors,
        @Nullable JobProgress progress) {}
