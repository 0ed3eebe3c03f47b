package io.pgjobq.internal.settle;

import io.pgjobq.internal.notify.Doorbell;
import io.pgjobq.internal.notify.Signal;
import io.pgjobq.internal.store.Settlement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The queues of this node that have limits, and who is to take the room that an end makes there: this node, as long as it has jobs to
 * take, and else any other. Thread-safe.
 */
public final class LimitedQueues {

    private final Doorbell doorbell;
    private final Map<Integer, RoomListener> listeners = new ConcurrentHashMap<>();

    /** Is told of room. Returns at once, and throws nothing. Thread-safe. */
    @FunctionalInterface
    public interface RoomListener {

        /** There is room; returns whether the listener is about to take jobs. If it then takes fewer, it has to {@link #leave} the rest. */
        boolean freed();
    }

    public LimitedQueues(Doorbell doorbell) {
        this.doorbell = doorbell;
    }

    /** Lets the listener be told of room in that queue from now on. */
    public void watch(int queue, RoomListener listener) {
        listeners.put(queue, listener);
    }

    /** The queue has no limits any more. */
    public void forget(int queue) {
        listeners.remove(queue);
    }

    /** There is room in the queue that this node does not take. */
    public void leave(int queue) {
        doorbell.ring(new Signal.Room(queue));
    }

    /** It is recorded how these ended. */
    void settled(List<Settlement> settlements) {
        if (listeners.isEmpty()) {
            return;
        }
        settlements.stream()
                .map(settlement -> settlement.job().queue())
                .distinct()
                .forEach(this::freed);
    }

    private void freed(int queue) {
        RoomListener listener = listeners.get(queue);
        if (listener != null && !listener.freed()) {
            leave(queue);
        }
    }
}
