package io.pgjobq.internal.store;

import io.pgjobq.Schedule;
import io.pgjobq.ScheduleDescription;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The schedules, as those who declare and manage them need them. What is due is another's business. */
public interface StoredSchedules {

    /** A schedule as it stands, and how often it was changed. */
    record Stored(ScheduleDescription description, int version) {}

    /** A job that was sent by hand. */
    record Run(long id, LanePosition ready) {}

    /** Returns the schedules of these names, in the order of those. */
    List<Stored> find(Collection<String> names);

    /** Returns all schedules, in the order of their names. */
    List<Stored> all();

    /** Returns the time by the server's clock. */
    Instant now();

    /**
     * Creates a schedule, or changes the one that was seen in this version; returns whether that was done. It is not if there is no
     * such queue, or somebody else has changed the schedule.
     */
    boolean save(Schedule schedule, boolean byCode, @Nullable Instant next, @Nullable Integer version);

    /** Notes that a node declares schedules, and forgets what nodes declared that are gone. */
    void declare(int node, Collection<String> names);

    /** Pauses a schedule; returns whether there is one of that name. */
    boolean pause(String name);

    /** Lets a schedule go on; returns whether it was in this version. */
    boolean resume(String name, int version, @Nullable Instant next);

    /** Deletes a schedule; returns whether there was one of that name. */
    boolean delete(String name);

    /** Sends a job of a schedule; {@code null} if there is none of that name, or its queue is gone. */
    @Nullable
    Run run(String name);
}
