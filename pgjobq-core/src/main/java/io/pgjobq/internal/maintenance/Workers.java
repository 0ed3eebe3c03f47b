package io.pgjobq.internal.maintenance;

import io.pgjobq.internal.store.LanePosition;
import io.pgjobq.internal.store.Registration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What maintenance needs to know of those who run jobs, and tells them. */
public interface Workers {

    /** Returns the numbers of the queues that this node takes jobs from. */
    int[] queues();

    /** These of the queues are not there. */
    void missing(List<Integer> queues);

    /** Looks whether somebody keeps a lock that is needed for milliseconds at a time. */
    void watchLocks();

    /** All jobs with a lower seq were drawn a while ago; no worker needs to look below it without being told. */
    void advance(long seq);

    /** Returns whether jobs were taken since the last call. */
    boolean tookJobs();

    /** All that was seen of the lanes may be there no more, and something else in its place. */
    void lookEverywhere();

    /** Compares what this node holds with what the tables say; returns whether something was given back. */
    boolean auditClaims(Registration registration);

    /** Makes a job end that this node holds; returns whether it does. */
    boolean cancel(long job, @Nullable String reason);

    /** A poll has found jobs, of which those who run them may know. */
    void found(LanePosition ready);

    /** Jobs of a dead node are ready again, or dead. */
    void rescued(int queue, long jobs, long dead);

    /** Another node was declared dead. */
    void nodeLost(int number, String name);

    /** Looks there for jobs that nobody here can run. */
    void reportUnknownTypes(LanePosition from);
}
