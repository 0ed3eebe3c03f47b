package io.pgjobq.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.NonRetryableJobException;
import io.pgjobq.PayloadConversionException;
import io.pgjobq.internal.store.ClaimedJob;
import io.pgjobq.internal.store.Settlement.Released;
import io.pgjobq.internal.worker.AttemptEnds.JobLostException;
import io.pgjobq.test.LogLines;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is logged of an attempt: whose it is comes first, and each end is told once. */
class AttemptLogTests extends RunnerFixture {

    private static final String JOB = "queue 'work' job 1: ";

    @Test
    void aDeathTellsHowManyAttemptsThereWereAndWhatTheLastOneThrew() {
        assertThat(loggedBy(last(), new IllegalStateException("broken")))
                .containsExactly("WARN " + JOB + "dead after attempt 3 of 3: java.lang.IllegalStateException: broken");
    }

    @Test
    void aDeathThatTheHandlerWantedTellsItsWords() {
        assertThat(loggedBy(job(PAYLOAD), new NonRetryableJobException("no such customer")))
                .containsExactly("WARN " + JOB + "dead after attempt 1, refused by its handler: no such customer");
    }

    @Test
    void aDeathOfWhatCannotBeReadTellsWhy() {
        assertThat(loggedBy(job(PAYLOAD), new PayloadConversionException("can't be read as Email")))
                .containsExactly("WARN " + JOB + "dead after attempt 1: " + PayloadConversionException.class.getName()
                        + ": can't be read as Email");
    }

    @Test
    void whatCannotBeToldIsNamedByItsClass() {
        Throwable untellable = new Untellable();
        assertThat(loggedBy(job(PAYLOAD), untellable))
                .containsExactly(
                        "ERROR " + JOB + "attempt 1 failed with what can't be told: " + Untellable.class.getName());
        assertThat(failure().error().type()).isEqualTo(Untellable.class.getName());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatEndsAfterTheJobWasGivenBackDoesNotCount(boolean fails) {
        JobRun run = attempt(job(PAYLOAD));
        try (LogLines log = LogLines.capture()) {
            runner(handler((payload, context) -> {
                        run.settle(new Released(run.job()));
                        if (fails) {
                            throw new IllegalStateException();
                        }
                        return null;
                    }))
                    .run(run, goneOn::incrementAndGet);
            assertThat(log.with(JOB))
                    .containsExactly(
                            fails
                                    ? "WARN " + JOB + "attempt 1 failed after its end had been recorded"
                                    : "WARN " + JOB
                                            + "attempt 1 succeeded after its end had been recorded; that is refused");
        }
    }

    @Test
    void whatIsRolledBackForAJobThatIsLostIsTold() {
        assertThat(loggedBy(job(PAYLOAD), new JobLostException("job 1")))
                .containsExactly(
                        "WARN " + JOB + "attempt 1 was rolled back, since the job was taken away from this node");
    }

    @Test
    void anAttemptThatAMissingPartitionKeptFromItsEndIsGivenBack() {
        SQLException missing = new SQLException("no partition of relation \"finished_job\" found for row", "23514");
        assertThat(loggedBy(job(PAYLOAD), missing))
                .containsExactly(
                        "WARN " + JOB + "attempt 1 is given back, since there is no partition yet for its history");
        assertThat(settled).singleElement().isInstanceOf(Released.class);
    }

    private List<String> loggedBy(ClaimedJob job, Throwable thrown) {
        try (LogLines log = LogLines.capture()) {
            runner(handler((payload, context) -> {
                        throw thrown;
                    }))
                    .run(attempt(job), goneOn::incrementAndGet);
            return log.with(JOB);
        }
    }

    private static ClaimedJob last() {
        return new ClaimedJob(1, 1, 1, 1, 5, false, 2, "t", PAYLOAD, null, Instant.EPOCH, Instant.EPOCH);
    }

    @SuppressWarnings("serial")
    private static final class Untellable extends RuntimeException {

        @Override
        public StackTraceElement[] getStackTrace() {
            throw new IllegalStateException("not this either");
        }

        @Override
        public String getMessage() {
            throw new IllegalStateException("not this");
        }

        @Override
        public Throwable getCause() {
            throw new IllegalStateException("nor that");
        }
    }
}
