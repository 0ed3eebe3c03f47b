package io.pgjobq;

import io.pgjobq.internal.support.LogText;
import io.pgjobq.internal.support.StorableText;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Lets a job be stored only if no other one of its queue has its key. By default the key is taken until the job has ended,
 * whatever became of it, and the one that is there is kept. Immutable: each method returns a new one.
 *
 * @param key 1 to 500 characters
 * @param until how long the key is taken
 * @param period for how long it is taken if that is a period, {@code null} otherwise
 * @param onConflict what becomes of the jobs if there is one that has the key
 */
public record Unique(String key, Until until, @Nullable Duration period, OnConflict onConflict) {

    private static final int LONGEST = 500;

    /** How long a key is taken. */
    public enum Until {

        /** Until the job's first attempt starts. */
        STARTED,

        /** Until the job has ended: through retries and the death of nodes. */
        FINISHED,

        /** For a period from the sending, whatever becomes of the job. */
        PERIOD_IS_OVER
    }

    /** What becomes of a job if another one has its key. */
    public enum OnConflict {

        /** Nothing is stored, and the job that is there stays as it is. */
        KEEP,

        /**
         * Nothing is stored. If the job that is there waits for its time, or for a retry, it gets all that the new one would have
         * had: payload, type, attributes, priority, deadline and time. One that is in line or runs stays as it is.
         */
        REPLACE,

        /** The sender gets a {@link DuplicateJobException}. */
        REFUSE
    }

    /** Checks the key. */
    public Unique {
        if (key.isEmpty() || key.length() > LONGEST || !StorableText.isStorable(key)) {
            throw new IllegalArgumentException("the key of a unique job must be 1 to " + LONGEST
                    + " characters without a NUL, but is '" + LogText.line(key) + "'");
        }
    }

    /** Returns one whose key is taken until the job has ended, and that keeps the job that is there. */
    public static Unique key(String key) {
        return new Unique(key, Until.FINISHED, null, OnConflict.KEEP);
    }

    /** Returns one whose key is taken until the job's first attempt starts: what happens after that is news. */
    public Unique untilStarted() {
        return new Unique(key, Until.STARTED, null, onConflict);
    }

    /** Returns one whose key is taken until the job has ended. */
    public Unique untilFinished() {
        return new Unique(key, Until.FINISHED, null, onConflict);
    }

    /**
     * Returns one whose key is taken for a period from the sending, whatever becomes of the job.
     *
     * @param newPeriod from 1 millisecond to 365 days
     * @throws IllegalArgumentException if it is not in that range
     */
    public Unique within(Duration newPeriod) {
        if (newPeriod.toMillis() < 1 || newPeriod.compareTo(Duration.ofDays(365)) > 0) {
            throw new IllegalArgumentException(
                    "the period of a unique job must be from 1 millisecond to 365 days, but is " + newPeriod);
        }
        return new Unique(key, Until.PERIOD_IS_OVER, newPeriod, onConflict);
    }

    /** Returns one that gives its payload to the job that is there, if that waits: with a delay, the last of many sends counts. */
    public Unique orReplace() {
        return new Unique(key, until, period, OnConflict.REPLACE);
    }

    /** Returns one whose sender gets a {@link DuplicateJobException} if there is a job. */
    public Unique orRefuse() {
        return new Unique(key, until, period, OnConflict.REFUSE);
    }
}
