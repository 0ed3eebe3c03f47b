package io.pgjobq.internal.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.notify.Signal;
import io.pgjobq.internal.store.LanePosition;
import io.pgjobq.internal.store.LaneStore.Promotion;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DueJobsTests {

    private static final OffsetDateTime START = OffsetDateTime.parse("2026-01-01T00:00:00Z");
    private static final List<LanePosition> SOME = List.of(new LanePosition(1, 5, 7));

    /** Where each look began, {@code null} for one at all there is. */
    private final List<@Nullable OffsetDateTime> looks = new ArrayList<>();

    private final Heard heard = new Heard();
    private final DueJobs dueJobs = new DueJobs(this::look, heard.announcements, () -> this.nanos);

    private long nanos;
    private long slow;
    private OffsetDateTime now = START;
    private Promotion next = new Promotion(List.of(), null, START);

    @Test
    void looksThatAreQuickAreAtAllThereIs() {
        promote(nothingLeft());
        promote(nothingLeft());

        assertThat(looks).containsExactly(null, null);
    }

    @Test
    void afterALongOneTheyBeginALittleBeforeWhereNothingWasLeft() {
        promoteSlowly(nothingLeft());
        now = now.plusSeconds(5);
        promote(nothingLeft());
        promote(nothingLeft());

        assertThat(looks).containsExactly(null, START.minusSeconds(2), START.plusSeconds(3));
    }

    @Test
    void nowAndThenALongOneIsMade() {
        promoteSlowly(nothingLeft());
        nanos += TimeUnit.MINUTES.toNanos(5);
        promote(nothingLeft());

        assertThat(looks).containsExactly(null, null);
    }

    @Test
    void whatASweepSawIsLookedForOnce() {
        promoteSlowly(nothingLeft());
        dueJobs.seen(-2_000);
        promoteSlowly(nothingLeft());
        promote(nothingLeft());

        assertThat(looks).containsExactly(null, null, START.minusSeconds(2));
    }

    @Test
    void whatHasBeenDueForAMomentNeedsNoLongOne() {
        promoteSlowly(nothingLeft());
        dueJobs.seen(-1_999);
        promote(nothingLeft());

        assertThat(looks).containsExactly(null, START.minusSeconds(2));
    }

    @Test
    void asLongAsThereIsMoreOfItLooksAreAtAllThereIs() {
        promoteSlowly(nothingLeft());
        dueJobs.seen(-60_000);
        promoteSlowly(moreLeft());
        promoteSlowly(moreLeft());
        promoteSlowly(nothingLeft());
        promote(nothingLeft());

        assertThat(looks).containsExactly(null, null, null, null, START.minusSeconds(2));
    }

    @Test
    void whatSomebodyHoldsDoesNotKeepThemLong() {
        promoteSlowly(nothingLeft());
        dueJobs.seen(-60_000);
        promoteSlowly(new Promotion(List.of(), 100L, null));
        promote(nothingLeft());

        assertThat(looks).containsExactly(null, null, START.minusSeconds(2));
    }

    @Test
    void whatIsReadyIsToldAndTheNextLookComesWhenTheNextJobIsDue() {
        next = new Promotion(List.of(new LanePosition(1, 5, 7), new LanePosition(2, 3, 8)), 300L, now);
        assertThat(dueJobs.run(false)).isEqualTo(Duration.ofMillis(300));
        assertThat(heard.signals).containsExactly(new Signal.Ready(1, 5, 7), new Signal.Ready(2, 3, 8));
        next = moreLeft();
        assertThat(dueJobs.run(true)).as("there is more").isZero();
        next = new Promotion(List.of(), null, now);
        assertThat(dueJobs.run(false)).as("no job waits").isEqualTo(Step.SELDOM);
    }

    private Promotion nothingLeft() {
        return new Promotion(SOME, null, now);
    }

    private static Promotion moreLeft() {
        return new Promotion(SOME, 0L, null);
    }

    private void promoteSlowly(Promotion promotion) {
        next = promotion;
        slow = TimeUnit.SECONDS.toNanos(1);
        dueJobs.run(false);
        slow = 0;
    }

    private void promote(Promotion promotion) {
        next = promotion;
        dueJobs.run(false);
    }

    private Promotion look(int limit, @Nullable OffsetDateTime from) {
        assertThat(limit).isEqualTo(1_000);
        looks.add(from);
        nanos += slow;
        return next;
    }
}
