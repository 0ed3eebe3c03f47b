package io.pgjobq;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list of jobs.
 *
 * @param jobs the jobs, in the list's order; of their errors the latest only. They may be fewer than a page holds, or none,
 *     although there are more: a page looks at {@value #MOST_LOOKED_AT} jobs at most, however few of them are asked for
 * @param next what {@link JobQuery#after} takes to go on, {@code null} if those were all
 */
public record JobPage(List<JobDescription> jobs, @Nullable String next) {

    /** How many jobs are looked at for a page. */
    public static final int MOST_LOOKED_AT = 10_000;

    /** Copies the list. */
    public JobPage {
        jobs = List.copyOf(jobs);
    }
}
