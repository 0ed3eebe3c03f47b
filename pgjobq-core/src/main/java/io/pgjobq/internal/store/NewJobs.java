package io.pgjobq.internal.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Storing jobs, as whoever sends needs it. */
public interface NewJobs {

    /**
     * Stores a job on the caller's connection; {@code null} if there is no such queue.
     *
     * @param notice what is sent with a job that is ready at once
     */
    @Nullable
    InsertedJobs send(Connection connection, NewJob job, String type, byte[] payload, @Nullable Notice notice)
            throws SQLException;

    /** Stores a job for that place; {@code null} if the queue of that number is gone. */
    @Nullable
    SentClaimed sendClaimed(NewJob job, String type, byte[] payload, SlotClaim place);

    /** Stores many jobs on the caller's connection; {@code null} if there is no such queue. */
    @Nullable
    InsertedJobs sendAll(Connection connection, NewJob job, String[] types, byte[][] payloads) throws SQLException;

    /**
     * Stores jobs with rules on the caller's connection; {@code null} if there is no such queue.
     *
     * @param keys by which they are unique, {@code null} where they are not
     * @param turns by which they take turns, {@code null} where they do not
     */
    @Nullable
    List<UniqueJob> sendWithRules(
            Connection connection,
            NewJob job,
            Rules rules,
            @Nullable String[] keys,
            @Nullable String[] turns,
            String[] types,
            byte[][] payloads)
            throws SQLException;
}
