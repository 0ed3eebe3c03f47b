package io.pgjobq.internal.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.store.LanePosition;
import io.pgjobq.internal.store.LaneStore.Neglected;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LostWakeUpsTests implements LostWakeUps.Lanes, LostWakeUps.Findings {

    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final Neglected NOTHING = new Neglected(List.of(), null, false);

    private final List<String> calls = new ArrayList<>();
    private final FakeWorkers workers = new FakeWorkers();
    private final LostWakeUps polls = new LostWakeUps(this, workers, this, INTERVAL, () -> this.nanos);

    private long nanos = -TimeUnit.MINUTES.toNanos(1);
    private long slow;
    private long position = 10;
    private boolean listening = true;
    private Neglected next = NOTHING;
    private Runnable meanwhile = () -> {};

    @Test
    void aPollOfAnIdleNodeAsksForThePositionOnly() {
        rest();
        assertThat(polls.run(false)).isEqualTo(INTERVAL);

        assertThat(calls).containsExactly("position");
    }

    @Test
    void thePositionThatAHeartbeatHasShownNeedNotBeAskedFor() {
        rest();
        assertThat(polls.drawn(10)).isFalse();
        polls.run(false);
        polls.run(false);

        assertThat(calls).containsExactly("position");
    }

    @Test
    void whereNumbersRestedOneThatIsDrawnMakesThePollComeNow() {
        rest();
        polls.run(false);
        assertThat(polls.drawn(11)).isTrue();
        polls.run(false);

        assertThat(calls).containsExactly("position", "sweep 0");
        assertThat(polls.drawn(12)).as("the next poll looks anyway").isFalse();
    }

    @Test
    void aNumberThatIsShownWhileAPollFindsThemToRestIsNotOverlooked() {
        rest();
        meanwhile = () -> polls.drawn(11);

        assertThat(polls.run(false)).isZero();
    }

    @Test
    void aNodeThatHearsNothingAndOneThatIsAskedLook() {
        rest();
        polls.run(true);
        listening = false;
        polls.run(false);

        assertThat(calls).containsExactly("position", "sweep 0", "position", "sweep 0");
    }

    @Test
    void whatIsFoundIsPassedOn() {
        next = new Neglected(List.of(new LanePosition(7, 5, 3)), -40L, true);
        polls.run(false);

        assertThat(calls).containsExactly("position", "sweep 0", "ready 3", "abandoned", "due -40");
    }

    @Test
    void afterALookThatTookLongTheNextBeginsWhereNumbersStoodBeforeItUnlessAskedOtherwise() {
        listening = false;
        polls.run(false);
        position = 20;
        slow = TimeUnit.SECONDS.toNanos(1);
        assertThat(polls.run(false)).as("twenty times as long").isEqualTo(Duration.ofSeconds(20));
        slow = 0;
        polls.run(false);
        polls.run(true);

        assertThat(calls.stream().filter(call -> call.startsWith("sweep")))
                .containsExactly("sweep 0", "sweep 0", "sweep 10", "sweep 0");
    }

    @Test
    void workersAreToldWhereNumbersStoodAPollBefore() {
        polls.run(false);
        position = 20;
        polls.run(false);
        polls.run(false);

        assertThat(workers.calls).containsExactly("advance 0", "advance 10", "advance 20");
    }

    @Test
    void whatWasSeenOfADatabaseThatHasForgottenItCountsNoMore() {
        slow = TimeUnit.SECONDS.toNanos(1);
        rest();
        slow = 0;
        polls.drawn(10);
        workers.calls.clear();
        polls.forget();
        position = 3;
        polls.run(false);
        position = 5;
        polls.run(false);

        assertThat(calls).containsExactly("position", "sweep 0", "position", "sweep 0");
        assertThat(workers.calls).containsExactly("look everywhere", "advance 0", "advance 3");
    }

    @Test
    void aPollThatWasUnderWayWhenTheDatabaseForgotIsMadeUpFor() {
        rest();
        workers.calls.clear();
        meanwhile = polls::forget;
        polls.run(true);
        meanwhile = () -> {};
        position = 3;
        polls.run(true);

        assertThat(workers.calls).containsExactly("advance 10", "look everywhere", "advance 0");
    }

    private void rest() {
        polls.run(false);
        polls.run(false);
        calls.clear();
    }

    @Override
    public long position() {
        calls.add("position");
        meanwhile.run();
        return position;
    }

    @Override
    public Neglected sweep(int[] queues, long from) {
        assertThat(queues).containsExactly(7);
        calls.add("sweep " + from);
        nanos += slow;
        return next;
    }

    @Override
    public boolean areListenedTo() {
        return listening;
    }

    @Override
    public void ready(LanePosition ready) {
        calls.add("ready " + ready.seq());
    }

    @Override
    public void abandoned() {
        calls.add("abandoned");
    }

    @Override
    public void due(long inMillis) {
        calls.add("due " + inMillis);
    }
}
