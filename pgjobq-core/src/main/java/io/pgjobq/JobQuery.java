package io.pgjobq;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs to list, and which page of that. Immutable: each method returns a new query.
 *
 * <p>The order is one that an index gives, and depends on the states that are asked for:
 *
 * <ul>
 *   <li><b>Unfinished ones</b> only (scheduled, retrying, ready, running): queue by queue; the oldest first means by priority, then
 *       those in quarantine, then those that wait; in each of these by their place in line, or by the time for which they wait.
 *   <li><b>Dead ones</b> only: queue by queue, by the time of their death.
 *   <li><b>All others</b>: by their ids, which is about the order in which they were sent, whatever their queues.
 * </ul>
 */
public final class JobQuery {

    /** How many jobs a page has if the query does not say. */
    public static final int DEFAULT_PAGE_SIZE = 50;

    /** How many jobs a page has at most. */
    public static final int LARGEST_PAGE_SIZE = 1_000;

    private final JobFilter filter;
    private final Set<JobState> states;
    private final boolean newestFirst;
    private final int pageSize;
    private final @Nullable String after;

    private JobQuery(
            JobFilter filter, Set<JobState> states, boolean newestFirst, int pageSize, @Nullable String after) {
        this.filter = filter;
        this.states = Collections.unmodifiableSet(states);
        this.newestFirst = newestFirst;
        this.pageSize = pageSize;
        this.after = after;
    }

    /** Returns a query for the jobs that a filter means, in whatever state; the newest first, 50 a page, from the beginning. */
    public static JobQuery of(JobFilter filter) {
        return new JobQuery(filter, EnumSet.allOf(JobState.class), true, DEFAULT_PAGE_SIZE, null);
    }

    /** Returns one for those only that are in one of these states when the page is read. */
    public JobQuery states(JobState first, JobState... more) {
        Set<JobState> newStates = EnumSet.of(first);
        newStates.addAll(Arrays.asList(more));
        return new JobQuery(filter, newStates, newestFirst, pageSize, after);
    }

    /** Returns one in the order that the class describes. */
    public JobQuery oldestFirst() {
        return new JobQuery(filter, states, false, pageSize, after);
    }

    /** Returns one in the opposite of that order, queues included; the default. */
    public JobQuery newestFirst() {
        return new JobQuery(filter, states, true, pageSize, after);
    }

    /**
     * Returns one with so many jobs a page.
     *
     * @param size from 1 to 1,000
     * @throws IllegalArgumentException if it is not in that range
     */
    public JobQuery pageSize(int size) {
        if (size < 1 || size > LARGEST_PAGE_SIZE) {
            throw new IllegalArgumentException(
                    "a page of jobs must have from 1 to " + LARGEST_PAGE_SIZE + " jobs, but is to have " + size);
        }
        return new JobQuery(filter, states, newestFirst, size, after);
    }

    /**
     * Returns one that goes on where a page ended.
     *
     * @param cursor {@link JobPage#next} of a page of the same query, apart from the page's size; {@code null} for the beginning
     */
    public JobQuery after(@Nullable String cursor) {
        return new JobQuery(filter, states, newestFirst, pageSize, cursor);
    }

    /** Returns which jobs are meant. */
    public JobFilter filter() {
        return filter;
    }

    /** Returns the states, all of them if none were chosen. */
    public Set<JobState> states() {
        return states;
    }

    /** Returns whether the newest come first. */
    public boolean isNewestFirst() {
        return newestFirst;
    }

    /** Returns how many jobs a page has at most. */
    public int pageSize() {
        return pageSize;
    }

    /** Returns where to go on, {@code null} for the beginning. */
    public @Nullable String after() {
        return after;
    }

    /** Says what is asked for, but not for which page. */
    @Override
    public String toString() {
        return filter + ", states " + states + (newestFirst ? ", newest first" : ", oldest first");
    }
}
