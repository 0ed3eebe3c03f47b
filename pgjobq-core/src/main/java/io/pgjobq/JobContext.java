package io.pgjobq;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a handler may ask about the job that it runs. Valid until the handler's work is done, from any thread. */
public interface JobContext {

    /** Returns the job's id. */
    long id();

    /** Returns the name of the job's queue. */
    String queue();

    /** Returns the job's logical type, without a version; empty if it was sent without one. */
    String type();

    /** Returns the version of its type in which the job was sent, 1 if it has none; see {@link JobType#version}. */
    int version();

    /** Returns which attempt this is, from 1. */
    int attempt();

    /** Returns how many attempts the job has in all. */
    int maxAttempts();

    /** Returns the job's priority, from 0 (first) to 9 (last). */
    int priority();

    /** Returns when the job was sent, by the database's clock. */
    Instant sentAt();

    /**
     * Returns since when this attempt could have started, by the database's clock: when the job was sent, or was last
     * redriven, or when its delay or its back-off was over. A job that was given back, or whose node died, keeps the moment.
     */
    Instant readyAt();

    /** Returns the attributes given by the sender, empty if none. */
    Map<String, String> attributes();

    /** Returns the key by which the job takes turns with others, empty if it has none; see {@link JobSender.Spec#key}. */
    Optional<String> key();

    /** Returns for which time a schedule has sent the job, empty if none has. */
    Optional<ScheduledTime> scheduled();

    /**
     * Returns whether the job was cancelled while it runs. Its thread has been interrupted, unless other jobs of its batch are to go
     * on. Whatever the handler does now, the job ends as cancelled, unless it had completed before.
     */
    boolean isCancelled();

    /**
     * Returns whether the handler should give up early: its container is stopping, the job was cancelled, its time limit is over,
     * or it was taken away from this node, so that nothing it does will count. Long-running handlers check it now and then.
     */
    boolean shouldStop();

    /**
     * Reports how far the job is, for {@link Jobs#find(long)} and for those who wait for it. May be called as often as one likes,
     * from any thread: it only remembers the latest report, which is written at most once a second, together with those of
     * other jobs, and never in the handler's transaction. So a report is seen while the transaction is open, and it stays when that
     * is rolled back: the last one before a failure is seen until the next attempt reports something.
     *
     * <p>A report is no more than news. One that can't be written is written later or replaced by the next, and what has not been
     * written when the attempt ends is dropped.
     *
     * @param done how much is done, from 0 to {@code total}
     * @param total how much there is to do in all, in any unit
     * @param message a word on it, {@code null} for none; the first 500 characters are kept
     * @throws IllegalArgumentException if {@code done} is not from 0 to {@code total}
     */
    void progress(long done, long total, @Nullable String message);

    /** Like {@link #progress(long, long, String)}, without a message. */
    default void progress(long done, long total) {
        progress(done, total, null);
    }
}
