package io.pgjobq.internal.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.notify.Signal;
import io.pgjobq.internal.store.CancellationStore.Outcome;
import io.pgjobq.internal.store.CancellationStore.Request;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CancellationsTests implements Cancellations.Requests {

    private final Heard heard = new Heard();
    private final FakeWorkers workers = new FakeWorkers();
    private final List<String> cancelled = new ArrayList<>();
    private final Cancellations step = new Cancellations(this, workers, heard.announcements);

    private List<Request> requests = List.of();
    private Outcome outcome = Outcome.UNKNOWN;

    @Test
    void aJobThatIsHeldHereIsMadeToEndAndLeftToItsEnd() {
        workers.holds.add(7L);
        requests = List.of(new Request(7, "by ops"));
        assertThat(step.run(true)).isEqualTo(Step.SELDOM);
        assertThat(workers.calls).containsExactly("cancel 7 by ops");
        assertThat(cancelled).isEmpty();
    }

    @Test
    void aJobThatHasLeftThisNodeIsCancelledLikeAnyOther() {
        requests = List.of(new Request(7, "by ops"), new Request(8, null));
        outcome = Outcome.CANCELLED;
        step.run(true);
        assertThat(cancelled).containsExactly("7 by ops", "8 null");
        assertThat(heard.signals).isEmpty();
    }

    @Test
    void whoWaitsForSuchAJobIsTold() {
        requests = List.of(new Request(7, null));
        outcome = Outcome.CANCELLED_AWAITED;
        step.run(true);
        assertThat(heard.signals).containsExactly(new Signal.Ended(List.of(7L)));
    }

    @Override
    public List<Request> requests() {
        return requests;
    }

    @Override
    public Outcome cancel(long job, @Nullable String reason) {
        cancelled.add(job + " " + reason);
        return outcome;
    }
}
