package io.pgjobq.internal.settle;

import io.pgjobq.internal.store.ClaimedJob;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The claims that this node knows of, and which jobs of each are unsettled. What the tables say that this node holds and that
 * is not in the book is something whose answer was lost, or whose end was forgotten. Thread-safe.
 */
public final class ClaimBook {

    /** The seqs of the unsettled jobs of each claim. */
    private final Map<Long, Set<Long>> unsettled = new ConcurrentHashMap<>();

    /** What is under way: the first id that it may use, and the last. */
    private final Map<Long, Long> asked = new ConcurrentSkipListMap<>();

    /** Jobs that are being settled: the tables may say both. */
    private final Set<Held> settling = ConcurrentHashMap.newKeySet();

    /** Emptied claims that are still to be deleted. */
    private final Set<Long> emptied = ConcurrentHashMap.newKeySet();

    /** Claims that are gone, of which jobs are unsettled. */
    private final Set<Long> lost = ConcurrentHashMap.newKeySet();

    /** Whether jobs were taken since somebody wanted to know. */
    private final AtomicBoolean used = new AtomicBoolean();

    private record Held(long claim, long seq) {

        static Held of(ClaimedJob job) {
            return new Held(job.claim(), job.seq());
        }
    }

    /** Claims with ids from the first to the last may be made. */
    public void asking(long first, long last) {
        asked.put(first, last);
    }

    public void taken(List<ClaimedJob> jobs) {
        if (!jobs.isEmpty()) {
            used.set(true);
        }
        for (ClaimedJob job : jobs) {
            unsettled
                    .computeIfAbsent(job.claim(), id -> ConcurrentHashMap.newKeySet())
                    .add(job.seq());
        }
    }

    /** What was asked for from that id on has been answered, or never will be. */
    public void answered(long first) {
        asked.remove(first);
    }

    /** The job is about to be settled; returns whether it was the last of its claim. The same if it is said again. */
    boolean settle(ClaimedJob job) {
        Set<Long> seqs = unsettled.get(job.claim());
        if (seqs == null) {
            return false;
        }
        settling.add(Held.of(job));
        seqs.remove(job.seq());
        return seqs.isEmpty();
    }

    /** Nobody here knows of the job any more, so that it is given back. Needs no memory. */
    public void disown(ClaimedJob job) {
        Set<Long> seqs = unsettled.get(job.claim());
        if (seqs != null && seqs.remove(job.seq()) && seqs.isEmpty()) {
            remove(job.claim());
        }
    }

    /** The job is settled, if it can be. */
    void settled(ClaimedJob job) {
        settling.remove(Held.of(job));
    }

    /** The claim has no unsettled job left and is to be deleted. */
    void empty(long claim) {
        emptied.add(claim);
        remove(claim);
    }

    /** The claim is gone, if it is among the emptied ones. */
    void forget(long claim, Set<Long> emptied) {
        if (emptied.contains(claim)) {
            remove(claim);
        }
    }

    private void remove(long claim) {
        unsettled.remove(claim);
        lost.remove(claim);
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
        return mayBeMade(claim) || unsettled.containsKey(claim) || emptied.contains(claim);
    }

    /** Returns whether the claim holds the job, its end is being recorded, or it may be one that was just asked for. */
    public boolean knows(long claim, long seq) {
        // In the order in which a job passes through them.
        return mayBeMade(claim)
                || unsettled.getOrDefault(claim, Set.of()).contains(seq)
                || settling.contains(new Held(claim, seq));
    }

    private boolean mayBeMade(long claim) {
        return asked.entrySet().stream().anyMatch(range -> claim >= range.getKey() && claim <= range.getValue());
    }

    /** Returns the claims that hold unsettled jobs. */
    Set<Long> held() {
        return Set.copyOf(unsettled.keySet());
    }

    /** The claim is gone, although it should hold jobs; returns whether it does so still, and this was not known. */
    boolean lose(long claim) {
        if (unsettled.getOrDefault(claim, Set.of()).isEmpty() || !lost.add(claim)) {
            return false;
        }
        if (!unsettled.containsKey(claim)) {
            lost.remove(claim);
        }
        return true;
    }

    /** Returns whether the claim is known to be gone. */
    public boolean isLost(long claim) {
        return lost.contains(claim);
    }
}
