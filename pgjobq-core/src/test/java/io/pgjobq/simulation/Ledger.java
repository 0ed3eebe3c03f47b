package io.pgjobq.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/**
 * What senders and handlers themselves know: the other side of the audit. Jobs have numbers of their own here, since a database
 * that is rewound gives its numbers out again. Thread-safe.
 */
final class Ledger {

    /** How long nodes have after the database was rewound to learn what is still theirs. */
    private static final long GRACE = Duration.ofSeconds(3).toNanos();

    private final AtomicLong lastNumber = new AtomicLong();
    private final Set<Long> rolledBack = ConcurrentHashMap.newKeySet();
    private final Map<Long, Start> holders = new ConcurrentHashMap<>();
    private final Map<Long, Start> successes = new ConcurrentHashMap<>();
    private final Map<Long, Integer> cancelled = new ConcurrentHashMap<>();
    private final Set<Long> ran = ConcurrentHashMap.newKeySet();
    private final List<String> violations = new CopyOnWriteArrayList<>();
    private final List<Contradiction> contradictions = new CopyOnWriteArrayList<>();
    private final AtomicLong starts = new AtomicLong();
    private final AtomicLong repeats = new AtomicLong();

    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock, as are the next two: what is in the database, and what may be. */
    private final Set<Long> committed = new HashSet<>();

    private final Set<Long> inDoubt = new HashSet<>();

    /** Odd while the database is being rewound. */
    private int history;

    private volatile long settledFrom = System.nanoTime() - 1;

    /**
     * A handler starts a job.
     *
     * @param history the database's history at that time
     * @param certain whether the node can be expected to know what is its own in that history
     * @param at when, as {@code nanoTime} tells it
     */
    record Start(SimulatedNode node, int history, boolean certain, long at) {

        boolean contradicts(Start other) {
            return certain
                    && other.certain
                    && history == other.history
                    && !node.wasDisturbed()
                    && !other.node.wasDisturbed();
        }
    }

    /** Two starts of which there may be one, unless the first one's node was rightly taken for dead in between. */
    private record Contradiction(String what, Start first, Start second) {

        /** Only known later: a gap is seen when it is over. */
        private boolean stands() {
            long from = first.at - SimulatedNode.TIMEOUT.toNanos();
            return !first.node.wasSilent(from, second.at) && !second.node.wasSilent(from, second.at);
        }

        private String told() {
            return what + " " + Duration.ofNanos(second.at - first.at).toMillis() + " ms later";
        }
    }

    /** Returns a number for a job that is to be sent. */
    long number() {
        return lastNumber.incrementAndGet();
    }

    /** Returns the database's history. */
    int history() {
        lock.lock();
        try {
            return history;
        } finally {
            lock.unlock();
        }
    }

    /** Jobs were sent and committed; if the database has been rewound since then, they may be gone. */
    void committed(Collection<Long> jobs, int since) {
        lock.lock();
        try {
            (since == history && history % 2 == 0 ? committed : inDoubt).addAll(jobs);
        } finally {
            lock.unlock();
        }
    }

    /** Jobs were sent, and nobody was told whether they were committed. */
    void inDoubt(Collection<Long> jobs) {
        lock.lock();
        try {
            inDoubt.addAll(jobs);
        } finally {
            lock.unlock();
        }
    }

    void rolledBack(long job) {
        rolledBack.add(job);
    }

    /** A job was cancelled that nobody held, in a transaction after that history: nobody may start it any more. */
    void cancelled(long job, int since) {
        if (since == history() && since % 2 == 0) {
            cancelled.put(job, since);
        }
    }

    /** Returns the jobs that were cancelled while nobody held them, in the present history. */
    Set<Long> cancelled() {
        int now = history();
        return cancelled.entrySet().stream()
                .filter(entry -> entry.getValue() == now)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** The database begins to be rewound. */
    void rewinding() {
        lock.lock();
        try {
            history++;
        } finally {
            lock.unlock();
        }
    }

    /** The database holds just these jobs; what else was sent is gone, and all but what had ended may run again. */
    void rewound(Set<Long> there) {
        lock.lock();
        try {
            settledFrom = System.nanoTime() + GRACE;
            history++;
            committed.clear();
            committed.addAll(there);
        } finally {
            lock.unlock();
        }
    }

    /** Returns what must be in the database. */
    Set<Long> committed() {
        lock.lock();
        try {
            return new HashSet<>(committed);
        } finally {
            lock.unlock();
        }
    }

    /** Returns what may be in the database. */
    Set<Long> possible() {
        lock.lock();
        try {
            Set<Long> possible = new HashSet<>(committed);
            possible.addAll(inDoubt);
            return possible;
        } finally {
            lock.unlock();
        }
    }

    /** Returns the jobs of which an attempt has succeeded, in whatever history. */
    Set<Long> ran() {
        return ran;
    }

    List<String> violations() {
        List<String> all = new ArrayList<>(violations);
        contradictions.stream()
                .filter(Contradiction::stands)
                .map(Contradiction::told)
                .forEach(all::add);
        return all;
    }

    /** Returns how many jobs ran again since a node was too busy to show that it lives. */
    long excused() {
        return contradictions.stream().filter(each -> !each.stands()).count();
    }

    long starts() {
        return starts.get();
    }

    long repeats() {
        return repeats.get();
    }

    void violation(String what) {
        violations.add(what);
    }

    /**
     * A handler starts: nobody else may be at it or have done it. A node that was disturbed may, and may be met: it does not
     * know yet that its jobs were given to others.
     */
    Start started(long job, SimulatedNode node) {
        starts.incrementAndGet();
        if (rolledBack.contains(job)) {
            violation("job " + job + " rolled back, but was started");
        }
        Start start = start(node);
        Integer cancelledIn = cancelled.get(job);
        if (cancelledIn != null && cancelledIn == start.history && start.certain && !node.wasDisturbed()) {
            violation("job " + job + " started on " + node + " after it had been cancelled");
        }
        Start done = successes.get(job);
        if (done != null) {
            repeats.incrementAndGet();
            if (done.contradicts(start)) {
                contradiction(
                        "job " + job + " started on " + node + " after it had succeeded on " + done.node, done, start);
            }
        }
        Start other = holders.put(job, start);
        if (other != null) {
            repeats.incrementAndGet();
            if (other.contradicts(start)) {
                contradiction("job " + job + " started on " + node + " while it ran on " + other.node, other, start);
            }
        }
        return start;
    }

    /** Returns what is to be said of a handler that starts now. */
    Start start(SimulatedNode node) {
        int now = history();
        // While the database is being rewound, its past and its present are one history here.
        long at = System.nanoTime();
        return new Start(node, now, now % 2 == 0 && at - settledFrom > 0, at);
    }

    /** There may be one of these two, or none. */
    void contradiction(String what, Start first, Start second) {
        contradictions.add(new Contradiction(what, first, second));
    }

    /** A handler returned: nobody may start the job any more, unless its node could not say so in time. */
    void succeeded(long job, Start start) {
        ran.add(job);
        successes.put(job, start);
    }

    /** A handler has done the work of a job, and its transaction may commit. */
    void ran(long job) {
        ran.add(job);
    }

    /** A handler ends. */
    void ended(long job, Start start) {
        holders.remove(job, start);
    }
}
