package io.pgjobq.internal.maintenance;

import io.pgjobq.internal.store.LaneStore.Promotion;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Puts jobs in line whose time has come. What was put in line before leaves dead entries in the index as long as somebody's
 * snapshot is held. When walking over all of them takes long, most looks go no further back than to where the last one found
 * nothing left, and a little more. What is committed long after its time is then found by one of the others, or when a sweep
 * has seen it. Used by one thread.
 */
final class DueJobs implements Step {

    private static final int AT_ONCE = 1_000;

    /** For jobs whose time was over before the transaction that stored them. */
    private static final Duration MORE = Duration.ofSeconds(2);

    private final Looks looks;
    private final Announcements announcements;
    private final LongSupplier nanoTime;
    private final DutyCycle wholeLooks;

    /** Nothing was left before, by the server's clock. */
    private @Nullable OffsetDateTime from;

    /** There may be some from before that. */
    private boolean overdue;

    /** Puts up to so many jobs in line that became due from then on, or at all. */
    @FunctionalInterface
    interface Looks {

        Promotion look(int limit, @Nullable OffsetDateTime from);
    }

    DueJobs(Looks looks, Announcements announcements, LongSupplier nanoTime) {
        this.looks = looks;
        this.announcements = announcements;
        this.nanoTime = nanoTime;
        this.wholeLooks = new DutyCycle(nanoTime.getAsLong());
    }

    /** A look at all waiting jobs has found the first to be due in so long, or, less than 0, that it was before. */
    void seen(long dueInMillis) {
        if (dueInMillis <= -MORE.toMillis()) {
            overdue = true;
        }
    }

    @Override
    public Duration run(boolean asked) {
        Promotion done = promote();
        done.ready().forEach(announcements::ready);
        return done.nextInMillis() == null ? SELDOM : Duration.ofMillis(done.nextInMillis());
    }

    private Promotion promote() {
        long started = nanoTime.getAsLong();
        boolean whole = overdue || from == null || wholeLooks.isDue(started);
        Promotion promotion = looks.look(AT_ONCE, whole ? null : from);
        if (whole) {
            wholeLooks.took(started, nanoTime.getAsLong());
            // There are more, unless all that is left is held by somebody; then the next sweep sees it.
            overdue = promotion.until() == null && !promotion.ready().isEmpty();
        }
        if (promotion.until() != null) {
            from = promotion.until().minus(MORE);
        }
        return promotion;
    }
}
