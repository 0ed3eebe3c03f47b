package io.pgjobq;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far a job is, by what its handler reported with {@link JobContext#progress(long, long, String)}.
 *
 * @param done how much is done, from 0 to {@code total}
 * @param total how much there is to do in all
 * @param message what the handler said of it, {@code null} if nothing
 * @param at when it was written, by the database's clock; later reports of a job have later times
 */
public record JobProgress(long done, long total, @Nullable String message, Instant at) {

    /** Returns the part that is done, from 0 to 1; 1 if there is nothing to do. */
    public double fraction() {
        return total == 0 ? 1 : (double) done / total;
    }
}
