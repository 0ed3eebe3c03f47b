package io.pgjobq.sample.signup;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who signed up, and what became of their e-mail.
 *
 * @param finishedAt when the job ended, {@code null} if it has not
 * @param mailFile the delivered e-mail, {@code null} if none was
 * @param error why the job is dead, {@code null} if it is not
 * @param attempts what the handler reports, the first attempt first
 */
record SignUp(
        long id,
        String name,
        String email,
        long jobId,
        Instant sentAt,
        @Nullable Instant finishedAt,
        @Nullable String mailFile,
        @Nullable String error,
        List<Attempt> attempts) {

    /** Where the job is on its way. */
    enum State {
        SENT,
        RUNNING,
        RETRYING,
        DONE,
        DEAD
    }

    /** Returns the state; part of what the page is sent. */
    public State getState() {
        if (finishedAt != null) {
            return error == null ? State.DONE : State.DEAD;
        }
        if (attempts.isEmpty()) {
            return State.SENT;
        }
        return attempts.get(attempts.size() - 1).failedAt() == null ? State.RUNNING : State.RETRYING;
    }

    /**
     * An attempt to deliver the e-mail.
     *
     * @param node the copy of the sample that made it
     * @param failedAt when it failed, {@code null} if it has not
     */
    record Attempt(
            int number,
            String node,
            Instant startedAt,
            @Nullable Instant failedAt,
            @Nullable String error) {}
}
