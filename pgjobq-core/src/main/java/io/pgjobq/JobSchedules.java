package io.pgjobq;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Schedules of the whole fleet. Any node that runs jobs sends theirs, none leads: for each time one job, however many nodes there are.
 * Changes are committed at once, whatever transaction the caller has. Thread-safe.
 */
public interface JobSchedules {

    /**
     * Creates a schedule, or changes the one of that name. A time that is due already is not lost by that; a paused schedule stays
     * paused.
     *
     * @throws UnknownQueueException if its queue does not exist
     * @throws IllegalStateException if an application declares the schedule of that name
     */
    void save(Schedule schedule);

    /** Returns a schedule and how it stands, empty if there is none of that name. */
    Optional<ScheduleDescription> find(String name);

    /** Returns all schedules, in the order of their names. */
    List<ScheduleDescription> list();

    /**
     * Lets a schedule send nothing until it is resumed. A deployment changes nothing about that.
     *
     * @return whether there is one of that name
     */
    boolean pause(String name);

    /**
     * Lets a schedule go on with its next time from now on. Nothing is sent for the times in between.
     *
     * @return whether there is one of that name
     */
    boolean resume(String name);

    /**
     * Sends a job of a schedule now, beside its times, also if it is paused.
     *
     * @return the job's id
     * @throws IllegalArgumentException if there is no schedule of that name
     * @throws IllegalStateException if its queue was deleted
     */
    long runNow(String name);

    /**
     * Deletes a schedule; jobs that it has sent stay.
     *
     * @return whether there was one of that name
     * @throws IllegalStateException if a living node declares it
     */
    boolean delete(String name);

    /**
     * Returns the next times for which a schedule sends jobs, as if it were not paused; from now on, by the server's clock.
     *
     * @param count how many at most, from 1 to 1,000
     * @throws IllegalArgumentException if there is no schedule of that name
     */
    List<Instant> next(String name, int count);
}
