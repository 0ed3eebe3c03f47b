package io.pgjobq;

/** A result was asked for, but the job is dead or was cancelled. */
@SuppressWarnings("serial")
public class JobNotSucceededException extends PgJobqException {

    private final transient JobOutcome<?> outcome;

    public JobNotSucceededException(JobOutcome<?> outcome) {
        super("job " + outcome.id() + " " + describe(outcome));
        this.outcome = outcome;
    }

    /** Returns how the job ended. */
    public JobOutcome<?> outcome() {
        return outcome;
    }

    private static String describe(JobOutcome<?> outcome) {
        return outcome instanceof JobOutcome.Dead<?> dead
                ? "is dead after attempt " + dead.attempts() + ": "
                        + dead.error().type() + ": " + dead.error().message()
                : "was cancelled";
    }
}
