package io.pgjobq.internal.settle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.notify.Doorbell;
import io.pgjobq.internal.notify.Signal;
import io.pgjobq.internal.notify.SignalSink;
import io.pgjobq.internal.store.ClaimedJob;
import io.pgjobq.internal.store.EndedTurns;
import io.pgjobq.internal.store.KeyTurn;
import io.pgjobq.internal.store.Settlement;
import io.pgjobq.test.LogLines;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KeyedQueuesTests implements SignalSink, KeyedQueues.Holds, KeyedQueues.TurnListener {

    private final List<EndedTurns> told = new ArrayList<>();
    private final List<String> givenUp = new ArrayList<>();
    private final KeyedQueues keyed = new KeyedQueues(this, new Doorbell(this, null));
    private boolean goesOn = true;
    private @Nullable RuntimeException outage;

    @Test
    void theNodeThatGoesOnIsToldOfAllThatEndedAndOfNothingWithoutAKey() {
        keyed.watch(7, this);

        keyed.settled(List.of(released(1, 7, 11L), released(2, 7, null), released(3, 7, 12L)));

        assertThat(told).containsExactly(new EndedTurns(List.of(11L, 12L), List.of(1L, 3L)));
        assertThat(givenUp).isEmpty();
    }

    @Test
    void whatIsNotSaidWithTheNextClaimIsGivenUpAtOnce() {
        keyed.watch(7, this);
        goesOn = false;

        keyed.settled(List.of(released(1, 7, 11L), released(2, 8, 12L)));

        assertThat(givenUp).containsExactlyInAnyOrder("7: [1]", "8: [2]");
    }

    @Test
    void aJobWithoutAKeyAsksNobody() {
        keyed.watch(7, this);

        keyed.settled(List.of(released(1, 7, null)));
        keyed.giveUp(7, EndedTurns.of(List.of()));

        assertThat(told).isEmpty();
        assertThat(givenUp).isEmpty();
    }

    @Test
    void anOutageOfTheDatabaseIsNoReasonToFailASettlement() {
        outage = new IllegalStateException("the database is away");
        try (LogLines lines = LogLines.capture()) {
            keyed.settled(List.of(released(1, 7, 11L)));

            assertThat(lines.with("find it out by themselves")).hasSize(1);
        }
    }

    private static Settlement released(long id, int queue, @Nullable Long line) {
        ClaimedJob job = new ClaimedJob(
                id,
                id,
                1,
                queue,
                5,
                false,
                0,
                "t",
                new byte[0],
                null,
                Instant.EPOCH,
                Instant.EPOCH,
                line == null ? null : new KeyTurn(line, "key"));
        return new Settlement.Released(job);
    }

    @Override
    public boolean ended(EndedTurns ended) {
        if (goesOn) {
            told.add(ended);
        }
        return goesOn;
    }

    @Override
    public long[] giveUp(int queue, EndedTurns ended) {
        if (outage != null) {
            throw outage;
        }
        givenUp.add(queue + ": " + ended.ids());
        return new long[0];
    }

    @Override
    public void receive(Signal signal) {
        throw new IllegalStateException("this process knows: " + signal);
    }

    @Override
    public void resynchronize() {
        throw new IllegalStateException("nothing was missed");
    }
}
