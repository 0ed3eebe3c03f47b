package io.pgjobq.internal.settle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.store.ClaimedJob;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ClaimBookConcurrencyTests {

    private static final long CLAIMS = 300_000;

    private final ClaimBook book = new ClaimBook();
    private final AtomicLong made = new AtomicLong();
    private final AtomicLong removed = new AtomicLong();

    @Test
    void aClaimIsKnownFromItsMakingToItsRemoval() throws Exception {
        CompletableFuture<Void> worker = CompletableFuture.runAsync(() -> {
            for (long claim = 1; claim <= CLAIMS; claim++) {
                live(claim);
            }
        });
        while (!worker.isDone()) {
            long claim = made.get();
            boolean known = claim == 0 || book.knows(claim) && book.knows(claim, claim);
            assertThat(known || removed.get() >= claim)
                    .as("claim %s is known or was removed", claim)
                    .isTrue();
        }
        worker.get(10, TimeUnit.SECONDS);
        assertThat(book.hasEmptied()).isFalse();
        assertThat(book.knows(CLAIMS)).isFalse();
    }

    private void live(long claim) {
        book.asking(claim, claim);
        made.set(claim);
        ClaimedJob job = ClaimBookTests.job(claim, claim);
        book.taken(List.of(job));
        book.answered(claim);
        if (book.settle(job)) {
            book.empty(claim);
        }
        removed.set(claim);
        book.gone(new long[] {claim});
        book.settled(job);
    }
}
