package io.pgjobq.internal.store;

import org.jspecify.annotations.Nullable;

/** How an attempt ended, as the store has to know it. */
public sealed interface Settlement {

    /** The type of the error that says why a job was cancelled. */
    String CANCELLED = "cancelled";

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

    /** The attempt has ended without success, and its job is charged with it, waits or is over. */
    sealed interface Unsuccessful extends Settlement {

        /** Returns how long ago the handler was called. */
        long micros();

        /** Returns what is noted of it, {@code null} if nothing. */
        @Nullable
        Failure error();

        /** Returns for how long the job waits, {@code null} if it is over. */
        @Nullable
        Long waitsInMillis();

        /** Returns how the job is to end if it is over. */
        default String endState() {
            return "dead";
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
            @Nullable Long retryInMillis) implements Unsuccessful {

        @Override
        public @Nullable Long waitsInMillis() {
            return retryInMillis;
        }
    }

    /**
     * The handler asked to be called again later: that costs no attempt.
     *
     * @param micros how long ago it was called
     * @param delayInMillis when it is called again
     */
    record Snoozed(ClaimedJob job, long micros, long delayInMillis) implements Unsuccessful {

        @Override
        public @Nullable Failure error() {
            return null;
        }

        @Override
        public Long waitsInMillis() {
            return delayInMillis;
        }
    }

    /**
     * The job was cancelled while it ran.
     *
     * @param micros how long ago its handler was called
     * @param error who cancelled it, or what the handler threw
     */
    record Cancelled(ClaimedJob job, long micros, Failure error) implements Unsuccessful {

        @Override
        public @Nullable Long waitsInMillis() {
            return null;
        }

        @Override
        public String endState() {
            return "cancelled";
        }
    }

    /** The job was not run, or not to its end, for no fault of its own. */
    record Released(ClaimedJob job) implements Settlement {}

    /** The job was completed in its handler's transaction: only its claim is left to be tidied. */
    record AlreadySettled(ClaimedJob job) implements Settlement {}

    /** What an attempt failed with, fit to be stored. */
    record Failure(String type, String message, String stack) {}
}
