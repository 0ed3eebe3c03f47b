package io.pgjobq.node;

import io.pgjobq.store.LaneStore;
import java.time.Duration;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/**
 * Puts jobs in line whose time has come. What was put in line before leaves dead entries in the index as long as somebody's
 * snapshot is held. When walking over all of them takes long, most looks go no further back than to where the last one found
 * nothing left, and a little more. What is committed long after its time is then found by one of the others, or when a sweep
 * has seen it. Used by one thread.
 */
final class DueJobs {

    private static final int AT_ONCE = 1_000;

    /** For jobs whose time was over before the transaction that stored them. */
    private static final Duration MORE = Duration.ofSeconds(2);

    private final LaneStore lanes;
    private final Share wholeLooks = new Share(System.nanoTime());

    /** Nothing was left before, by the server's clock. */
    private @Nullable OffsetDateTime from;

    DueJobs(LaneStore lanes) {
        this.lanes = lanes;
    }

    /** A look at all waiting jobs has found the first to be due in so long. */
    void seen(long dueInMillis) {
        if (dueInMillis == 0) {
            from = null;
        }
    }

    /** Puts in line what is due, up to a thousand jobs a queue. */
    LaneStore.Promotion promote() {
        long started = System.nanoTime();
        boolean whole = from == null || wholeLooks.isDue(started);
        LaneStore.Promotion promotion = lanes.promote(AT_ONCE, whole ? null : from);
        if (whole) {
            wholeLooks.took(started, System.nanoTime());
        }
        if (promotion.until() != null) {
            from = promotion.until().minus(MORE);
        }
        return promotion;
    }
}
