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

    /** Returns the jobs that somebody waits for and that have ended with their queue. */
    long[] lookAfter() {
        finished.maintain();
        String dropped;
        while ((dropped = finished.drop()) != null) {
            LOG.info("history: dropped {}", dropped);
        }
        long[] ended = queues.purge();
        for (int queue : queues.unknown()) {
            if (unknownQueues.add(queue)) {
                LOG.warn(
                        "queue {}: does not exist, but another program stored jobs in it, which nobody will run; delete"
                                + " them, or give them the id of a queue",
                        queue);
            }
        }
        return ended;
    }
}
