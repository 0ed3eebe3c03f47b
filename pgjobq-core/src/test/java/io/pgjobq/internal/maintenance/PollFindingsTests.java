package io.pgjobq.internal.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.notify.Signal;
import io.pgjobq.internal.store.LanePosition;
import io.pgjobq.internal.store.LaneStore.Promotion;
import io.pgjobq.internal.support.Background;
import io.pgjobq.internal.support.Vitals;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PollFindingsTests {

    private static final OffsetDateTime NOW = OffsetDateTime.parse("2026-01-01T00:00:00Z");

    private final Vitals vitals = new Vitals(Duration.ofSeconds(30), () -> this.nanos);
    private final Rounds rounds = new Rounds(new Background("rounds", vitals), () -> this.nanos, vitals);
    private final List<String> done = new ArrayList<>();
    private final Heard heard = new Heard();
    private final FakeWorkers workers = new FakeWorkers();
    private final DueJobs dueJobs = new DueJobs(this::look, heard.announcements, () -> this.nanos);
    private final Task promotion = rounds.add("due jobs", dueJobs);
    private final Task deadNodes = rounds.add("rescue", asked -> {
        done.add(asked ? "judges" : "rescues");
        return Step.SELDOM;
    });
    private final PollFindings findings = new PollFindings(heard.announcements, workers, dueJobs, promotion, deadNodes);

    private long nanos;

    @Test
    void jobsThatAreReadyAreToldOfHereAndLookedAtForTypesThatNobodyRuns() {
        LanePosition ready = new LanePosition(7, 5, 12);
        findings.ready(ready);

        assertThat(heard.signals).containsExactly(new Signal.Ready(7, 5, 12));
        assertThat(workers.calls).containsExactly("found " + ready, "report " + ready);
        pass(0);
        assertThat(done).isEmpty();
    }

    @Test
    void whatDeadNodesHaveLeftIsRescuedAndNobodyIsJudged() {
        findings.abandoned();
        pass(0);

        assertThat(done).containsExactly("rescues");
    }

    @Test
    void aJobThatWaitsIsPutInLineWhenItIsDue() {
        findings.due(300);
        pass(299);
        assertThat(done).isEmpty();
        pass(1);

        assertThat(done).containsExactly("from null");
    }

    @Test
    void oneThatWasDueLongAgoIsLookedForAmongAllThatWait() {
        findings.due(0);
        pass(0);
        findings.due(0);
        pass(0);
        findings.due(-2_000);
        pass(0);

        assertThat(done).containsExactly("from null", "from " + NOW.minusSeconds(2), "from null");
    }

    /** Takes so long that the next looks at only a part. */
    private Promotion look(int limit, @Nullable OffsetDateTime from) {
        done.add("from " + from);
        nanos += TimeUnit.SECONDS.toNanos(1);
        return new Promotion(List.of(), null, NOW);
    }

    private void pass(long millis) {
        nanos += TimeUnit.MILLISECONDS.toNanos(millis);
        rounds.runDue(failure -> {
            throw new AssertionError(failure);
        });
    }
}
