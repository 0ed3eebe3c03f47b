package io.pgjobq.internal.store;

import io.pgjobq.QueueLimits;
import io.pgjobq.Rate;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Limits as a queue's row has them. */
record StoredLimits(
        @Nullable Integer mostRunning,
        @Nullable Integer rateStarts,
        @Nullable Long rateMicros,
        @Nullable Integer rateBurst) {

    static StoredLimits of(QueueLimits limits) {
        Rate rate = limits.rate();
        return new StoredLimits(
                limits.concurrency(),
                rate == null ? null : rate.count(),
                rate == null
                        ? null
                        : TimeUnit.MILLISECONDS.toMicros(rate.period().toMillis()),
                limits.burst());
    }

    /** Reads them from four columns, the given one and those that follow. */
    static QueueLimits read(ResultSet row, int column) throws SQLException {
        Integer concurrency = row.getObject(column, Integer.class);
        Integer starts = row.getObject(column + 1, Integer.class);
        Integer burst = row.getObject(column + 3, Integer.class);
        Rate rate = starts == null
                ? null
                : new Rate(starts, Duration.ofMillis(TimeUnit.MICROSECONDS.toMillis(row.getLong(column + 2))));
        return QueueLimits.builder()
                .concurrency(concurrency)
                .rate(rate)
                .burst(burst)
                .build();
    }
}
