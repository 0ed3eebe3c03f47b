package io.pgjobq.worker;

import io.pgjobq.store.ClaimedJob;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The claims that this node knows of, and how many jobs of each are unsettled. A claim in this node's name that is not in
 * the book is one whose answer was lost. Thread-safe.
 */
public final class ClaimBook {

    private final Map<Long, AtomicInteger> unsettled = new ConcurrentHashMap<>();

    /** What is under way: the first id that it may use, and the last. */
    private final Map<Long, Long> asked = new ConcurrentSkipListMap<>();

    /** Emptied claims that are still to be deleted. */
    private final Set<Long> emptied = ConcurrentHashMap.newKeySet();

    /** Whether jobs were taken since somebody wanted to know. */
    private final AtomicBoolean used = new AtomicBoolean();

    /** Claims with ids from the first to the last may be made. */
    void asking(long first, long last) {
        asked.put(first, last);
    }

    void taken(List<ClaimedJob> jobs) {
        if (!jobs.isEmpty()) {
            used.set(true);
        }
        for (ClaimedJob job : jobs) {
            unsettled.computeIfAbsent(job.claim(), id -> new AtomicInteger()).incrementAndGet();
        }
    }

    /** What was asked for from that id on has been answered, or never will be. */
    void answered(long first) {
        asked.remove(first);
    }

    /** One job of the claim is settled, or about to be; returns whether it was the last. */
    boolean settle(long claim) {
        AtomicInteger count = unsettled.get(claim);
        return count != null && count.decrementAndGet() == 0;
    }

    /** The claim has no unsettled job left and is to be deleted. */
    void empty(long claim) {
        emptied.add(claim);
        unsettled.remove(claim);
    }

    /** The claim is gone, if it is among the emptied ones. */
    void forget(long claim, Set<Long> emptied) {
        if (emptied.contains(claim)) {
            unsettled.remove(claim);
        }
    }

    /** Returns the claims that are to be deleted. */
    long[] emptied() {
        return emptied.stream().mapToLong(Long::longValue).toArray();
    }

    boolean hasEmptied() {
        return !emptied.isEmpty();
    }

    /** The claims are gone. */
    void gone(long[] claims) {
        for (long claim : claims) {
            emptied.remove(claim);
        }
    }

    /** Returns whether jobs were taken since the last call. */
    public boolean wasUsed() {
        return used.getAndSet(false);
    }

    /** Returns whether the claim is in the book, or may be one that was just asked for. */
    public boolean knows(long claim) {
        // In the order in which a claim passes through them, or it could slip from behind to ahead of this look.
        return asked.entrySet().stream().anyMatch(range -> claim >= range.getKey() && claim <= range.getValue())
                || unsettled.containsKey(claim)
                || emptied.contains(claim);
    }
}
