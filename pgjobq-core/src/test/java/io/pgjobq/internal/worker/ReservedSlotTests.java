package io.pgjobq.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.settle.ClaimBook;
import io.pgjobq.internal.settle.ClaimBookTests;
import io.pgjobq.internal.store.ClaimedJob;
import io.pgjobq.internal.store.Registration;
import io.pgjobq.internal.store.SlotClaim;
import io.pgjobq.test.LogLines;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ReservedSlotTests {

    private final ClaimBook book = new ClaimBook();
    private final AtomicInteger freed = new AtomicInteger();
    private final FakeUpkeep upkeep = new FakeUpkeep();

    /** The sender's call has stored it and must not fail any more. */
    @Test
    void aJobThatCannotBeStartedIsGivenBackAndTheSenderHearsNothingOfIt() {
        ReservedSlot reservation = new ReservedSlot(
                new SlotClaim(1, new Registration(1, 2), 7, new long[0]), book, new FullPlace(), upkeep);
        try (LogLines log = LogLines.capture()) {
            reservation.fill(ClaimBookTests.job(7, 3));
            assertThat(log.with("ERROR"))
                    .containsExactly("ERROR job 3: can't be started where it was sent, and is given back");
        }
        assertThat(book.knows(7)).as("else it would not be given back").isFalse();
        assertThat(freed).hasValue(1);
        assertThat(upkeep.claimsInDoubt).hasValue(1);
    }

    private final class FullPlace implements ReservedSlot.Place {

        @Override
        public void start(ClaimedJob job) {
            throw new OutOfMemoryError("heap");
        }

        @Override
        public void free() {
            freed.incrementAndGet();
        }
    }
}
