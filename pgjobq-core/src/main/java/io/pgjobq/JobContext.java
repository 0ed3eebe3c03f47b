package io.pgjobq;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** What a handler may ask about the job that it runs. Valid until the handler's work is done, from any thread. */
public interface JobContext {

    /** Returns the job's id. */
    long id();

    /** Returns the name of the job's queue. */
    String queue();

    /** Returns the job's logical type, empty if it was sent without one. */
    String type();

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

    /** Returns for which time a schedule has sent the job, empty if none has. */
    Optional<ScheduledTime> scheduled();

    /**
     * Returns whether the job was cancelled while it runs. Its thread has been interrupted, and whatever the handler does now, the
     * job ends as cancelled, unless it had completed before.
     */
    boolean isCancelled();

    /**
     * Returns whether the handler should give up early: its container is stopping, the job was cancelled, its time limit is over,
     * or it was taken away from this node, so that nothing it does will count. Long-running handlers check it now and then.
     */
    boolean shouldStop();
}
