package io.pgjobq.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.store.ClaimedJob;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClaimBookTests {

    private final ClaimBook book = new ClaimBook();

    @Test
    void theLastJobOfAClaimIsTold() {
        book.taken(List.of(job(7), job(8), job(7)));

        assertThat(book.settle(7)).isFalse();
        assertThat(book.settle(8)).isTrue();
        assertThat(book.settle(7)).isTrue();
    }

    @Test
    void aClaimThatIsNotInTheBookHasNoLastJob() {
        assertThat(book.settle(7)).isFalse();
        assertThat(book.knows(7)).isFalse();
    }

    @Test
    void tellsOnceThatJobsWereTaken() {
        book.taken(List.of());
        assertThat(book.wasUsed()).isFalse();
        book.taken(List.of(job(7)));
        assertThat(book.wasUsed()).isTrue();
        assertThat(book.wasUsed()).isFalse();
    }

    @Test
    void everyClaimThatMayBeMadeIsKnownUntilThatIsAnswered() {
        book.asking(101, 103);
        assertThat(List.of(101L, 102L, 103L)).allMatch(book::knows);
        assertThat(book.knows(104)).isFalse();

        book.taken(List.of(job(102)));
        book.answered(101);
        assertThat(book.knows(102)).isTrue();
        assertThat(book.knows(101)).isFalse();
    }

    @Test
    void anEmptiedClaimIsKnownUntilItIsGone() {
        book.taken(List.of(job(7)));
        book.settle(7);
        assertThat(book.hasEmptied()).isFalse();

        book.empty(7);
        assertThat(book.emptied()).containsExactly(7);
        assertThat(book.knows(7)).isTrue();

        book.gone(new long[] {7, 8});
        assertThat(book.hasEmptied()).isFalse();
        assertThat(book.knows(7)).isFalse();
    }

    @Test
    void aClaimIsForgottenIfItsLastJobWasGivenBack() {
        book.taken(List.of(job(7), job(8)));

        book.forget(7, Set.of(7L));
        book.forget(8, Set.of());

        assertThat(book.knows(7)).isFalse();
        assertThat(book.knows(8)).isTrue();
    }

    private static ClaimedJob job(long claim) {
        return new ClaimedJob(1, 1, claim, 1, 5, false, 0, "", new byte[0], null, Instant.EPOCH, Instant.EPOCH);
    }
}
