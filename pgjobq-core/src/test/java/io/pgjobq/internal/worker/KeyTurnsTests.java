package io.pgjobq.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.store.ClaimRequest;
import io.pgjobq.internal.store.Claimed;
import io.pgjobq.internal.store.EndedTurns;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class KeyTurnsTests {

    private final KeyTurns turns = new KeyTurns();

    @Test
    void whatIsSaidWithAClaimIsSaidOnce() {
        turns.announce(11);
        turns.announce(11);
        turns.ended(ended(12, 1));

        assertThat(turns.take()).isEqualTo(new ClaimRequest.Turns(ended(12, 1), List.of(11L)));

        assertThat(turns.isEmpty()).isTrue();
        assertThat(turns.take()).isEqualTo(ClaimRequest.Turns.NONE);
    }

    @Test
    void aClaimThatFailedIsMadeUpForByTheNext() {
        turns.announce(11);
        turns.ended(ended(12, 1));
        ClaimRequest.Turns said = turns.take();
        turns.announce(13);

        turns.restore(said);

        assertThat(turns.take()).isEqualTo(new ClaimRequest.Turns(ended(12, 1), List.of(13L, 11L)));
    }

    @Test
    void oneClaimSaysAThousandThingsAtMostAndTheNextTheRest() {
        LongStream.range(0, 1_500).forEach(line -> {
            turns.announce(line);
            turns.ended(ended(line, line));
        });

        assertThat(turns.take()).satisfies(said -> {
            assertThat(said.lines()).hasSize(1_000);
            assertThat(said.ended().ids()).hasSize(1_000);
        });
        assertThat(turns.isEmpty()).isFalse();
        assertThat(turns.take()).satisfies(said -> {
            assertThat(said.lines()).hasSize(500).startsWith(1_000L);
            assertThat(said.ended().ids()).hasSize(500).startsWith(1_000L);
        });
    }

    @Test
    void linesForWhichThereWasNoRoomAreAskedForAgain() {
        turns.found(new Claimed.Turns(List.of(), List.of(11L), new long[0]));

        assertThat(turns.take().lines()).containsExactly(11L);
    }

    @Test
    void whoTakesNoMoreJobsLetsGoOfWhatEndedAndForgetsTheRest() {
        turns.announce(11);
        turns.ended(ended(12, 1));

        assertThat(turns.letGo()).isEqualTo(ended(12, 1));

        assertThat(turns.isEmpty()).isTrue();
    }

    private static EndedTurns ended(long line, long id) {
        return new EndedTurns(List.of(line), List.of(id));
    }
}
