package io.pgjobq.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.Handler;
import io.pgjobq.NonRetryableJobException;
import org.junit.jupiter.api.Test;

/** What listeners are told of an attempt: its start when the handler is called, and one end. */
class AttemptEventsTests extends RunnerFixture {

    @Test
    void aHandlerThatReturnsHasSucceeded() {
        run((payload, context) -> "result");
        assertThat(events.told).containsExactly("started 1", "succeeded 1");
    }

    @Test
    void aHandlerThatThrowsIsTriedAgain() {
        run((payload, context) -> {
            throw new IllegalStateException("no");
        });
        assertThat(events.told).containsExactly("started 1", "retried 1 after no in PT0.02S");
    }

    @Test
    void aHandlerThatRefusesItsJobLetsItDie() {
        run((payload, context) -> {
            throw new NonRetryableJobException("never");
        });
        assertThat(events.told).containsExactly("started 1", "died 1 of never");
    }

    @Test
    void aJobThatWasTakenAwayDoesNotStart() {
        lost = true;
        run((payload, context) -> "result");
        assertThat(events.told).isEmpty();
    }

    private void run(Handler.Invocation invocation) {
        runner(handler(invocation)).run(attempt(job(PAYLOAD)), () -> {});
    }
}
