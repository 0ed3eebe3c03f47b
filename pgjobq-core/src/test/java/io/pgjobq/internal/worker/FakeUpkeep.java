package io.pgjobq.internal.worker;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts what it is asked for. */
final class FakeUpkeep implements Upkeep {

    final AtomicInteger claimsInDoubt = new AtomicInteger();
    final AtomicInteger partitionsMissing = new AtomicInteger();

    @Override
    public void claimInDoubt() {
        claimsInDoubt.incrementAndGet();
    }

    @Override
    public void partitionMissing() {
        partitionsMissing.incrementAndGet();
    }
}
