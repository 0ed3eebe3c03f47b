package io.pgjobq.internal.admin;

import io.pgjobq.JobQueues;
import io.pgjobq.QueueDescription;
import io.pgjobq.QueueLimits;
import io.pgjobq.QueueNotEmptyException;
import io.pgjobq.UnknownQueueException;
import io.pgjobq.internal.event.JobEvents;
import io.pgjobq.internal.notify.Doorbell;
import io.pgjobq.internal.notify.Signal;
import io.pgjobq.internal.store.QueueStore;
import io.pgjobq.internal.store.QueueStore.Purge;
import java.util.Arrays;
import java.util.List;

/** Manages queues through the store. Thread-safe. */
public final class DefaultJobQueues implements JobQueues {

    private final QueueStore store;
    private final Doorbell doorbell;
    private final JobEvents events;

    public DefaultJobQueues(QueueStore store, Doorbell doorbell, JobEvents events) {
        this.store = store;
        this.doorbell = doorbell;
        this.events = events;
    }

    @Override
    public void create(String name) {
        store.create(QueueNames.valid(name));
    }

    @Override
    public List<String> names() {
        return store.names();
    }

    @Override
    public QueueDescription describe(String name) {
        List<QueueDescription> found = store.describe(name);
        if (found.isEmpty()) {
            throw new UnknownQueueException(name);
        }
        return found.get(0);
    }

    @Override
    public List<QueueDescription> describeAll() {
        return store.describe(null);
    }

    @Override
    public void pause(String name) {
        change(name, true);
    }

    @Override
    public void resume(String name) {
        doorbell.ring(new Signal.Look(change(name, false)));
    }

    @Override
    public void limit(String name, QueueLimits limits) {
        Integer id = store.limit(name, limits);
        if (id == null) {
            throw new UnknownQueueException(name);
        }
        doorbell.ring(new Signal.Room(id));
        // What a limit per key held back is found by a look alone.
        doorbell.ring(new Signal.Look(id));
    }

    private int change(String name, boolean paused) {
        Integer id = store.pause(name, paused);
        if (id == null) {
            throw new UnknownQueueException(name);
        }
        events.paused(name, paused);
        return id;
    }

    @Override
    public void delete(String name) {
        if (store.delete(name, false) != null) {
            purge();
        } else if (store.find(name) != null) {
            throw new QueueNotEmptyException(
                    "queue '" + name + "' has jobs; wait until they have ended, or use deleteWithJobs to cancel them");
        } else {
            throw new UnknownQueueException(name);
        }
    }

    @Override
    public void deleteWithJobs(String name) {
        if (store.delete(name, true) == null) {
            throw new UnknownQueueException(name);
        }
        purge();
    }

    private void purge() {
        Purge purge;
        do {
            purge = store.purge(QueueStore.PURGED_AT_ONCE);
            if (purge.awaited().length > 0) {
                doorbell.ring(
                        new Signal.Ended(Arrays.stream(purge.awaited()).boxed().toList()));
            }
        } while (purge.more());
    }
}
