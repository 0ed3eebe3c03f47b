package io.pgjobq.internal.store;

import io.pgjobq.JobDescription;
import io.pgjobq.JobProgress;
import io.pgjobq.JobState;
import io.pgjobq.internal.database.SqlTimes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads what {@code find_job} returns, which are the first columns of a row. */
final class StoredDescription {

    private StoredDescription() {}

    static JobDescription read(ResultSet row) throws SQLException {
        return new JobDescription(
                row.getLong(1),
                Objects.requireNonNullElse(row.getString(2), ""),
                row.getString(3),
                JobState.valueOf(row.getString(4).toUpperCase(Locale.ROOT)),
                row.getInt(5),
                row.getInt(6),
                row.getInt(7),
                SqlTimes.instant(row, 8),
                SqlTimes.nullable(row, 9),
                SqlTimes.nullable(row, 10),
                SqlTimes.nullable(row, 11),
                row.getString(12),
                StoredJson.attributes(row.getString(13)),
                StoredJson.errors(row.getString(14)),
                progress(row));
    }

    private static @Nullable JobProgress progress(ResultSet row) throws SQLException {
        Instant at = SqlTimes.nullable(row, 18);
        return at == null ? null : new JobProgress(row.getLong(15), row.getLong(16), row.getString(17), at);
    }
}
