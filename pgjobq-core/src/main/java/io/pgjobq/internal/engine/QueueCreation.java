package io.pgjobq.internal.engine;

import io.pgjobq.QueueOptions;
import io.pgjobq.internal.store.HistoryPartitions;
import io.pgjobq.internal.store.QueueStore;
import io.pgjobq.internal.support.Log;
import org.slf4j.Logger;

/** Creates the queues that applications declare, and brings along what they say of them. Thread-safe. */
final class QueueCreation {

    private static final Logger LOG = Log.of(QueueCreation.class);

    private final QueueStore queues;
    private final HistoryPartitions history;

    QueueCreation(QueueStore queues, HistoryPartitions history) {
        this.queues = queues;
        this.history = history;
    }

    /**
     * Creates a queue, unless there is one, and brings its settings up to date; returns its number.
     *
     * @param historyIsKept whether the history has partitions already
     */
    int create(String queue, QueueOptions settings, boolean historyIsKept) {
        int id = queues.create(queue);
        if (queues.settings(id, settings.maxAttempts(), settings.history())) {
            LOG.info(
                    "queue '{}': max-attempts is {}, history is kept for {} (succeeded) and {} (dead)",
                    queue,
                    settings.maxAttempts(),
                    settings.history().succeeded(),
                    settings.history().dead());
            if (historyIsKept) {
                // A longer retention needs partitions that are further away.
                history.maintain();
            }
        }
        if (queues.declareLimits(id, settings.limits())) {
            LOG.info("queue '{}': limits are {}", queue, settings.limits());
        }
        return id;
    }
}
