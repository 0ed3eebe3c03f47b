package io.pgjobq.node;

import io.pgjobq.store.FinishedJobStore;
import io.pgjobq.store.QueueStore;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes and drops the history's partitions, and removes what deleted queues have left. Used by one thread. */
final class HistoryUpkeep {

    private static final Logger LOG = LoggerFactory.getLogger(HistoryUpkeep.class);

    private final FinishedJobStore finished;
    private final QueueStore queues;

    /** Those that were told of. */
    private final Set<Integer> unknownQueues = new HashSet<>();

    HistoryUpkeep(FinishedJobStore finished, QueueStore queues) {
        this.finished = finished;
        this.queues = queues;
    }

    /** Returns what was removed of deleted queues. */
    QueueStore.Purge lookAfter() {
        finished.maintain();
        String dropped;
        while ((dropped = finished.drop()) != null) {
            LOG.info("history: dropped {}", dropped);
        }
        QueueStore.Purge purge = queues.purge(QueueStore.PURGED_AT_ONCE);
        for (int queue : queues.unknown()) {
            if (unknownQueues.add(queue)) {
                LOG.warn(
                        "queue {}: does not exist, but another program stored jobs in it, which nobody will run; delete"
                                + " them, or give them the id of a queue",
                        queue);
            }
        }
        return purge;
    }
}
