package io.pgjobq.internal.store;

import org.jspecify.annotations.Nullable;

/** How an attempt ended, as the store has to know it. */
public sealed interface Settlement {

    /** Returns the job. */
    ClaimedJob job();

    /** Returns the size of what is to be stored with it. */
    default int bytes() {
        return 0;
    }

    /**
     * The handler returned.
     *
     * @param micros how long ago it was called
     * @param result what it returned, {@code null} if nothing
     */
    record Succeeded(ClaimedJob job, long micros, byte @Nullable [] result) implements Settlement {

        @Override
        public int bytes() {
            return result == null ? 0 : result.length;
        }
    }

    /**
     * The handler threw.
     *
     * @param micros how long ago it was called
     * @param error what it threw
     * @param retryInMillis when it is tried again, {@code null} if the job is dead
     */
    record Failed(
            ClaimedJob job,
            long micros,
            Failure error,
            @Nullable Long retryInMillis) implements Settlement {}

    /** The job was not run, or not to its end, for no fault of its own. */
    record Released(ClaimedJob job) implements Settlement {}

    /** The job was completed in its handler's transaction: only its claim is left to be tidied. */
    record AlreadySettled(ClaimedJob job) implements Settlement {}

    /** What an attempt failed with, fit to be stored. */
    record Failure(String type, String message, String stack) {}
}
