package io.pgjobq.internal.settle;

import io.pgjobq.internal.notify.Doorbell;
import io.pgjobq.internal.store.ClaimedJob;
import io.pgjobq.internal.store.EndedTurns;
import io.pgjobq.internal.store.Settlement;
import io.pgjobq.internal.support.Log;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;

/**
 * Sees to it that the next job of a key is taken when the one before it has ended: by this node, as long as it takes jobs of the queue, and
 * else by any other. Thread-safe.
 */
public final class KeyedQueues {

    private static final Logger LOG = Log.of(KeyedQueues.class);

    private final Holds holds;
    private final Doorbell doorbell;
    private final Map<Integer, TurnListener> listeners = new ConcurrentHashMap<>();

    /** Who is told that jobs of a key have ended. Returns at once, and throws nothing. Thread-safe. */
    @FunctionalInterface
    public interface TurnListener {

        /** Returns whether the listener is going to say so with its next claim. */
        boolean ended(EndedTurns ended);
    }

    /** What is stored of jobs that are held. */
    @FunctionalInterface
    public interface Holds {

        /** Forgets those; returns the lines where others may be taken now. */
        long[] giveUp(int queue, EndedTurns ended);
    }

    public KeyedQueues(Holds holds, Doorbell doorbell) {
        this.holds = holds;
        this.doorbell = doorbell;
    }

    /** Lets the listener be told of ends in that queue from now on. */
    public void watch(int queue, TurnListener listener) {
        listeners.put(queue, listener);
    }

    /** It is recorded how these ended. */
    void settled(List<Settlement> settlements) {
        Map<Integer, List<ClaimedJob>> byQueue = settlements.stream()
                .map(Settlement::job)
                .filter(job -> job.turn() != null)
                .collect(Collectors.groupingBy(ClaimedJob::queue));
        byQueue.forEach((queue, jobs) -> ended(queue, EndedTurns.of(jobs)));
    }

    private void ended(int queue, EndedTurns ended) {
        TurnListener listener = listeners.get(queue);
        if (listener == null || !listener.ended(ended)) {
            giveUp(queue, ended);
        }
    }

    /** This node takes no more jobs of the queue, and says so of those that it held; others are told where there is one to take. */
    public void giveUp(int queue, EndedTurns ended) {
        if (ended.isEmpty()) {
            return;
        }
        try {
            leave(queue, holds.giveUp(queue, ended));
        } catch (RuntimeException ex) {
            LOG.info(
                    "queue {}: others are not told that {} jobs with keys have ended here, and find it out by themselves",
                    queue,
                    ended.ids().size(),
                    ex);
        }
    }

    /** There may be jobs in those lines that this node does not take. */
    public void leave(int queue, long[] lines) {
        for (long line : lines) {
            doorbell.announceTurn(queue, line);
        }
    }
}
