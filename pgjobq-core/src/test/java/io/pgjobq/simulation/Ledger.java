package io.pgjobq.simulation;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** What senders and handlers themselves know: the other side of the audit. Thread-safe. */
final class Ledger {

    private final Set<Long> committed = ConcurrentHashMap.newKeySet();
    private final Set<Long> sentByNodes = ConcurrentHashMap.newKeySet();
    private final Set<Long> rolledBack = ConcurrentHashMap.newKeySet();
    private final Map<Long, SimulatedNode> holders = new ConcurrentHashMap<>();
    private final Map<Long, SimulatedNode> successes = new ConcurrentHashMap<>();
    private final List<String> violations = new CopyOnWriteArrayList<>();
    private final AtomicLong starts = new AtomicLong();
    private final AtomicLong repeats = new AtomicLong();
    private final AtomicLong inDoubt = new AtomicLong();

    void committed(long id) {
        committed.add(id);
    }

    void rolledBack(long id) {
        rolledBack.add(id);
    }

    /** A node has sent a job to its own queue. */
    void sentByNode(long id) {
        sentByNodes.add(id);
    }

    Set<Long> sentByNodes() {
        return sentByNodes;
    }

    /** A node does not know whether its job was committed. */
    void inDoubt() {
        inDoubt.incrementAndGet();
    }

    long jobsInDoubt() {
        return inDoubt.get();
    }

    Set<Long> committed() {
        return committed;
    }

    List<String> violations() {
        return violations;
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
    void started(long id, SimulatedNode node) {
        starts.incrementAndGet();
        if (rolledBack.contains(id)) {
            violation("job " + id + " rolled back, but was started");
        }
        SimulatedNode done = successes.get(id);
        if (done != null) {
            repeats.incrementAndGet();
            if (!done.wasDisturbed() && !node.wasDisturbed()) {
                violation("job " + id + " started on " + node + " after it had succeeded on " + done);
            }
        }
        SimulatedNode other = holders.put(id, node);
        if (other != null) {
            repeats.incrementAndGet();
            if (!other.wasDisturbed() && !node.wasDisturbed()) {
                violation("job " + id + " started on " + node + " while it ran on " + other);
            }
        }
    }

    /** A handler returned: nobody may start the job any more, unless its node could not say so in time. */
    void succeeded(long id, SimulatedNode node) {
        successes.put(id, node);
    }

    /** A handler ends. */
    void ended(long id, SimulatedNode node) {
        holders.remove(id, node);
    }
}
