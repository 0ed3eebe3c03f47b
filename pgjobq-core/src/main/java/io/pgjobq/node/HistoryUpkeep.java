package io.pgjobq.node;

import io.pgjobq.store.FinishedJobStore;
import io.pgjobq.store.QueueStore;
import io.pgjobq.support.Log;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;

/**
 * Makes the history's partitions, drops one whose day has come, and removes some of what deleted queues have left. Used by
 * one thread.
 */
final class HistoryUpkeep implements Step {

    private static final Duration EVERY = Duration.ofMinutes(20);

    private static final Logger LOG = Log.of(HistoryUpkeep.class);

    private final FinishedJobStore finished;
    private final QueueStore queues;
    private final Announcements announcements;

    /** Those that were told of. */
    private final Set<Integer> unknownQueues = new HashSet<>();

    HistoryUpkeep(FinishedJobStore finished, QueueStore queues, Announcements announcements) {
        this.finished = finished;
        this.queues = queues;
        this.announcements = announcements;
    }

    @Override
    public Duration run(boolean asked) {
        finished.maintain();
        String dropped = finished.drop();
        if (dropped != null) {
            LOG.info("history: dropped {}", dropped);
        }
        QueueStore.Purge purge = queues.purge(QueueStore.PURGED_AT_ONCE);
        announcements.ended(purge.awaited());
        if (dropped != null || purge.more()) {
            return Duration.ZERO;
        }
        reportUnknownQueues();
        return EVERY;
    }

    private void reportUnknownQueues() {
        for (int queue : queues.unknown()) {
            if (unknownQueues.add(queue)) {
                LOG.warn(
                        "queue number {}: does not exist, but another program stored jobs in it, which nobody will run;"
                                + " delete them, or give them the id of a queue",
                        queue);
            }
        }
    }
}
