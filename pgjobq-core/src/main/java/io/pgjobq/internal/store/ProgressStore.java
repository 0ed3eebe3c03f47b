package io.pgjobq.internal.store;

import io.pgjobq.JobProgress;
import io.pgjobq.internal.database.Database;
import io.pgjobq.internal.database.SqlTimes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How far jobs are. Thread-safe. */
public final class ProgressStore {

    private final Database database;

    public ProgressStore(Database database) {
        this.database = database;
    }

    /**
     * What was written.
     *
     * @param progress all of it
     * @param awaited the jobs among them that somebody waits for
     */
    public record Written(List<StoredProgress> progress, List<Long> awaited) {}

    /** Writes how far jobs are, each named once; passes over those that their claims do not hold any more. */
    public Written record(List<ReportedProgress> reports) {
        List<ReportedProgress> sorted = reports.stream()
                .sorted(Comparator.comparingLong(report -> report.job().id()))
                .toList();
        List<Long> awaited = new ArrayList<>();
        List<StoredProgress> progress = database.alone(connection -> database.list(
                connection,
                "record_progress",
                row -> {
                    if (row.getBoolean(6)) {
                        awaited.add(row.getLong(1));
                    }
                    return read(row);
                },
                sorted.stream().mapToLong(report -> report.job().id()).toArray(),
                sorted.stream().mapToLong(report -> report.job().seq()).toArray(),
                sorted.stream().mapToLong(report -> report.job().claim()).toArray(),
                sorted.stream().mapToLong(ReportedProgress::done).toArray(),
                sorted.stream().mapToLong(ReportedProgress::total).toArray(),
                sorted.stream().map(ReportedProgress::message).toArray(String[]::new)));
        return new Written(progress, awaited);
    }

    /** Returns how far those of the jobs are that have not ended and have reported something. */
    public List<StoredProgress> find(long[] ids) {
        return database.alone(connection -> database.list(connection, "find_progress", ProgressStore::read, ids));
    }

    private static StoredProgress read(ResultSet row) throws SQLException {
        return new StoredProgress(
                row.getLong(1),
                new JobProgress(row.getLong(2), row.getLong(3), row.getString(4), SqlTimes.instant(row, 5)));
    }

    /** Forgets the progress of jobs that are gone, of so many after a job, {@code null} for the first. */
    public Swept<Long> sweep(@Nullable Long after, int limit) {
        return database.alone(connection -> database.one(
                connection,
                "sweep_progress",
                row -> new Swept<>(row.getLong(1) > 0, row.getObject(2, Long.class)),
                after == null ? 0 : after,
                limit));
    }
}
