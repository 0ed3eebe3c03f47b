package io.pgjobq.internal.admin;

import io.pgjobq.DeadJob;
import io.pgjobq.DeadJobs;
import io.pgjobq.UnknownQueueException;
import io.pgjobq.internal.notify.Doorbell;
import io.pgjobq.internal.notify.Signal;
import io.pgjobq.internal.store.FinishedJobStore;
import io.pgjobq.internal.store.FinishedJobStore.Redriven;
import io.pgjobq.internal.store.QueueStore;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks at dead jobs and revives them through the store. Thread-safe. */
public final class DefaultDeadJobs implements DeadJobs {

    private static final int MOST_LISTED = 1_000;
    private static final int REDRIVEN_AT_ONCE = 1_000;

    private final FinishedJobStore store;
    private final QueueStore queues;
    private final Doorbell doorbell;

    public DefaultDeadJobs(FinishedJobStore store, QueueStore queues, Doorbell doorbell) {
        this.store = store;
        this.queues = queues;
        this.doorbell = doorbell;
    }

    @Override
    public List<DeadJob> list(String queue, int limit) {
        if (limit < 1 || limit > MOST_LISTED) {
            throw new IllegalArgumentException(
                    "queue '" + queue + "': limit must be from 1 to " + MOST_LISTED + ", but is " + limit);
        }
        id(queue);
        return store.dead(null, queue, limit);
    }

    @Override
    public Optional<DeadJob> find(long id) {
        return store.dead(id, null, 1).stream().findFirst();
    }

    @Override
    public boolean redrive(long id) {
        return announce(store.redrive(id, null, 1, null)) > 0;
    }

    @Override
    public long redriveAll(String queue) {
        int id = id(queue);
        long total = 0;
        long batch;
        @Nullable OffsetDateTime until = null;
        do {
            List<Redriven> redriven = store.redrive(null, id, REDRIVEN_AT_ONCE, until);
            batch = announce(redriven);
            total += batch;
            // Those that die again meanwhile are not part of it.
            until = redriven.isEmpty() ? until : redriven.get(0).until();
        } while (batch == REDRIVEN_AT_ONCE);
        return total;
    }

    private int id(String queue) {
        Integer id = queues.find(queue);
        if (id == null) {
            throw new UnknownQueueException(queue);
        }
        return id;
    }

    private long announce(List<Redriven> redriven) {
        long jobs = 0;
        for (Redriven lane : redriven) {
            doorbell.ring(new Signal.Ready(
                    lane.ready().queue(), lane.ready().priority(), lane.ready().seq()));
            jobs += lane.jobs();
        }
        return jobs;
    }
}
