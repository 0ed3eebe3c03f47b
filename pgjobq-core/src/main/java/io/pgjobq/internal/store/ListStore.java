package io.pgjobq.internal.store;

import io.pgjobq.JobDescription;
import io.pgjobq.JobQuery;
import io.pgjobq.JobState;
import io.pgjobq.internal.database.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Lists jobs along indexes, and looks at a bounded number of rows each time. Thread-safe. */
public final class ListStore {

    private final Database database;
    private final int looks;

    /** Looks at so many rows at most for a page. */
    public ListStore(Database database, int looks) {
        this.database = database;
        this.looks = looks;
    }

    /**
     * Where a page ended, by the index along which it is read.
     *
     * @param queue the queue's number, 0 where that does not matter
     * @param lane the lane, 0 where that does not matter
     * @param at the place in the lane, or the time of death in microseconds since 1970; 0 where that does not matter
     * @param id the job's id
     */
    public record Position(int queue, int lane, long at, long id) {}

    /**
     * Some jobs.
     *
     * @param next after which position to go on, {@code null} if those were all
     */
    public record Page(List<JobDescription> jobs, @Nullable Position next) {}

    /** Lists unfinished jobs, by their places. */
    public Page unfinished(@Nullable Integer queue, JobQuery query, @Nullable Position after) {
        return page(
                "list_unfinished",
                StoredFilter.values(queue, states(query))
                        .meant(query.filter())
                        .and(query.isNewestFirst(), query.pageSize(), looks)
                        .and(
                                after == null ? null : after.queue,
                                after == null ? null : after.lane,
                                after == null ? null : after.at,
                                after == null ? null : after.id));
    }

    /** Lists dead jobs, by their deaths. */
    public Page dead(@Nullable Integer queue, JobQuery query, @Nullable Position after) {
        return page(
                "list_dead",
                StoredFilter.values(queue)
                        .meant(query.filter())
                        .finished(query.filter())
                        .and(query.isNewestFirst(), query.pageSize(), looks)
                        .and(
                                after == null ? null : after.queue,
                                after == null ? null : after.at,
                                after == null ? null : after.id));
    }

    /** Lists jobs, be they over or not, by their ids. */
    public Page byId(@Nullable Integer queue, JobQuery query, @Nullable Position after) {
        return page(
                "list_by_id",
                StoredFilter.values(queue, states(query))
                        .meant(query.filter())
                        .finished(query.filter())
                        .and(query.isNewestFirst(), query.pageSize(), looks)
                        .and(after == null ? null : after.id));
    }

    private static String[] states(JobQuery query) {
        return query.states().stream()
                .map(JobState::name)
                .map(name -> name.toLowerCase(Locale.ROOT))
                .toArray(String[]::new);
    }

    private Page page(String statement, StoredFilter values) {
        List<JobDescription> jobs = new ArrayList<>();
        List<Position> next = new ArrayList<>();
        database.alone(connection -> database.list(
                connection,
                statement,
                row -> isJob(row) ? jobs.add(StoredDescription.read(row)) : next.add(position(row)),
                values.array()));
        return new Page(jobs, next.isEmpty() ? null : next.get(0));
    }

    private static boolean isJob(ResultSet row) throws SQLException {
        row.getLong(1);
        return !row.wasNull();
    }

    private static Position position(ResultSet row) throws SQLException {
        return new Position(row.getInt(19), row.getInt(20), row.getLong(21), row.getLong(22));
    }
}
