package io.pgjobq.internal.settle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.store.ClaimedJob;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

public class ClaimBookTests {

    private final ClaimBook book = new ClaimBook();

    @Test
    public void theLastJobOfAClaimIsTold() {
        book.taken(List.of(job(7, 1), job(8, 2), job(7, 3)));

        assertThat(book.settle(job(7, 1))).isFalse();
        assertThat(book.settle(job(8, 2))).isTrue();
        assertThat(book.settle(job(7, 3))).isTrue();
    }

    @Test
    public void whoSaysItAgainIsToldTheSameUntilTheClaimIsEmpty() {
        book.taken(List.of(job(7, 1)));

        assertThat(book.settle(job(7, 1))).isTrue();
        assertThat(book.settle(job(7, 1))).isTrue();
        book.empty(7);
        assertThat(book.settle(job(7, 1))).isFalse();
    }

    @Test
    public void aClaimThatIsNotInTheBookHasNoLastJob() {
        assertThat(book.settle(job(7, 1))).isFalse();
        assertThat(book.knows(7)).isFalse();
        assertThat(book.knows(7, 1)).isFalse();
    }

    @Test
    public void tellsOnceThatJobsWereTaken() {
        book.taken(List.of());
        assertThat(book.wasUsed()).isFalse();
        book.taken(List.of(job(7, 1)));
        assertThat(book.wasUsed()).isTrue();
        assertThat(book.wasUsed()).isFalse();
    }

    @Test
    public void everyClaimThatMayBeMadeIsKnownUntilThatIsAnswered() {
        book.asking(101, 103);
        assertThat(List.of(101L, 102L, 103L)).allMatch(book::knows);
        assertThat(book.knows(103, 5)).isTrue();
        assertThat(book.knows(104)).isFalse();

        book.taken(List.of(job(102, 5)));
        book.answered(101);
        assertThat(book.knows(102)).isTrue();
        assertThat(book.knows(102, 5)).isTrue();
        assertThat(book.knows(102, 6)).isFalse();
        assertThat(book.knows(101)).isFalse();
        assertThat(book.knows(103, 5)).isFalse();
    }

    @Test
    public void aJobIsKnownUntilItsEndIsRecorded() {
        book.taken(List.of(job(7, 1), job(7, 2)));

        book.settle(job(7, 1));
        assertThat(book.knows(7, 1)).isTrue();

        book.settled(job(7, 1));
        assertThat(book.knows(7, 1)).isFalse();
        assertThat(book.knows(7, 2)).isTrue();
        assertThat(book.knows(7)).isTrue();
    }

    @Test
    public void anEmptiedClaimIsKnownUntilItIsGone() {
        book.taken(List.of(job(7, 1)));
        book.settle(job(7, 1));
        assertThat(book.hasEmptied()).isFalse();

        book.empty(7);
        assertThat(book.emptied()).containsExactly(7);
        assertThat(book.knows(7)).isTrue();

        book.gone(new long[] {7, 8});
        assertThat(book.hasEmptied()).isFalse();
        assertThat(book.knows(7)).isFalse();
    }

    @Test
    public void aClaimIsForgottenIfItsLastJobWasGivenBack() {
        book.taken(List.of(job(7, 1), job(8, 2)));

        book.forget(7, Set.of(7L));
        book.forget(8, Set.of());

        assertThat(book.knows(7)).isFalse();
        assertThat(book.knows(8)).isTrue();
    }

    @Test
    public void aJobThatIsDisownedIsUnknownAndSoIsItsClaimWhenItWasTheLast() {
        book.taken(List.of(job(7, 1), job(7, 2)));

        book.disown(job(7, 1));
        assertThat(book.knows(7, 1)).isFalse();
        assertThat(book.knows(7)).isTrue();

        book.disown(job(7, 2));
        assertThat(book.knows(7)).isFalse();
    }

    @Test
    public void aClaimIsLostOnceAndUntilItsJobsHaveEnded() {
        book.taken(List.of(job(7, 1)));

        assertThat(book.isLost(7)).isFalse();
        assertThat(book.lose(7)).isTrue();
        assertThat(book.lose(7)).isFalse();
        assertThat(book.isLost(7)).isTrue();

        book.settle(job(7, 1));
        book.empty(7);
        assertThat(book.isLost(7)).isFalse();
    }

    @Test
    public void aClaimWithoutUnsettledJobsIsNotLost() {
        book.taken(List.of(job(7, 1)));
        book.settle(job(7, 1));

        assertThat(book.lose(7)).isFalse();
        assertThat(book.lose(8)).isFalse();
    }

    public static ClaimedJob job(long claim, long seq) {
        return new ClaimedJob(seq, seq, claim, 1, 5, false, 0, "", new byte[0], null, Instant.EPOCH, Instant.EPOCH);
    }
}
