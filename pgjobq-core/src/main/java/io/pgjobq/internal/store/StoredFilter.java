package io.pgjobq.internal.store;

import io.pgjobq.JobFilter;
import io.pgjobq.internal.database.SqlTimes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the values of statements that look for what a filter means. */
final class StoredFilter {

    private final List<@Nullable Object> values = new ArrayList<>();

    static StoredFilter values(@Nullable Object... first) {
        return new StoredFilter().and(first);
    }

    StoredFilter and(@Nullable Object... more) {
        values.addAll(Arrays.asList(more));
        return this;
    }

    /** Adds what the fragment {@code meant} takes. */
    StoredFilter meant(JobFilter filter) {
        return and(
                filter.type(),
                StoredJson.write(filter.attributes()),
                filter.error(),
                SqlTimes.parameter(filter.sentFrom()),
                SqlTimes.parameter(filter.sentBefore()));
    }

    /** Adds the times of the end. */
    StoredFilter finished(JobFilter filter) {
        return and(SqlTimes.parameter(filter.finishedFrom()), SqlTimes.parameter(filter.finishedBefore()));
    }

    @Nullable
    Object[] array() {
        return values.toArray();
    }
}
