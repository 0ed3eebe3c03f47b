package io.pgjobq.internal.store;

import io.pgjobq.KeyOrder;
import io.pgjobq.QueueLimits;
import io.pgjobq.Rate;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Limits as a queue's row has them. */
record StoredLimits(
        @Nullable Integer mostRunning,
        @Nullable Integer rateStarts,
        @Nullable Long rateMicros,
        @Nullable Integer rateBurst,
        @Nullable Integer perKey,
        @Nullable String keyOrder) {

    /** What a queue has that had a limit per key once. */
    private static final int ANY = Integer.MAX_VALUE;

    static StoredLimits of(QueueLimits limits) {
        Rate rate = limits.rate();
        KeyOrder order = limits.orderPerKey();
        return new StoredLimits(
                limits.concurrency(),
                rate == null ? null : rate.count(),
                rate == null
                        ? null
                        : TimeUnit.MILLISECONDS.toMicros(rate.period().toMillis()),
                limits.burst(),
                order == null ? limits.concurrencyPerKey() : Integer.valueOf(1),
                order == null ? null : order.name().toLowerCase(Locale.ROOT));
    }

    /** Reads them from six columns, the given one and those that follow. */
    static QueueLimits read(ResultSet row, int column) throws SQLException {
        Integer concurrency = row.getObject(column, Integer.class);
        Integer starts = row.getObject(column + 1, Integer.class);
        Integer burst = row.getObject(column + 3, Integer.class);
        Integer perKey = row.getObject(column + 4, Integer.class);
        String order = row.getString(column + 5);
        Rate rate = starts == null
                ? null
                : new Rate(starts, Duration.ofMillis(TimeUnit.MICROSECONDS.toMillis(row.getLong(column + 2))));
        return QueueLimits.builder()
                .concurrency(concurrency)
                .rate(rate)
                .burst(burst)
                .concurrencyPerKey(perKey == null || perKey == ANY || order != null ? null : perKey)
                .orderPerKey(order == null ? null : KeyOrder.valueOf(order.toUpperCase(Locale.ROOT)))
                .build();
    }
}
