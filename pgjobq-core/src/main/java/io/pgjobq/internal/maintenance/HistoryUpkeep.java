package io.pgjobq.internal.maintenance;

import io.pgjobq.internal.store.QueueStore;
import io.pgjobq.internal.support.Log;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Makes the history's partitions, drops one whose day has come, and removes some of what deleted queues have left. Used by
 * one thread.
 */
final class HistoryUpkeep implements Step {

    private static final Duration EVERY = Duration.ofMinutes(20);

    private static final Logger LOG = Log.of(HistoryUpkeep.class);

    private final History history;
    private final Announcements announcements;

    /** Those that were told of. */
    private final Set<Integer> unknownQueues = new HashSet<>();

    /** What has ended, and what deleted queues have left. */
    interface History {

        /** Creates the partitions that will be needed. */
        void maintain();

        /** Drops a partition whose day has come, and returns its name; {@code null} if none can be dropped. */
        @Nullable
        String drop();

        /** Removes up to so many jobs, and as many claims, that deleted queues have left. */
        QueueStore.Purge purge(int limit);

        /** Returns the numbers of queues that jobs name although there are none. */
        List<Integer> unknown();
    }

    HistoryUpkeep(History history, Announcements announcements) {
        this.history = history;
        this.announcements = announcements;
    }

    @Override
    public Duration run(boolean asked) {
        history.maintain();
        String dropped = history.drop();
        if (dropped != null) {
            LOG.info("history: dropped {}", dropped);
        }
        QueueStore.Purge purge = history.purge(QueueStore.PURGED_AT_ONCE);
        announcements.ended(purge.awaited());
        if (dropped != null || purge.more()) {
            return Duration.ZERO;
        }
        reportUnknownQueues();
        return EVERY;
    }

    private void reportUnknownQueues() {
        for (int queue : history.unknown()) {
            if (unknownQueues.add(queue)) {
                LOG.warn(
                        "queue number {}: does not exist, but another program stored jobs in it, which nobody will run;"
                                + " delete them, or give them the id of a queue",
                        queue);
            }
        }
    }
}
