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
        if (outcome instanceof JobOutcome.Dead<?> dead) {
            return "is dead after attempt " + dead.attempts() + ": "
                    + dead.error().type() + ": " + dead.error().message();
        }
        return outcome instanceof JobOutcome.Cancelled<?> cancelled && cancelled.reason() != null
                ? "was cancelled: " + cancelled.reason()
                : "was cancelled";
    }
}
