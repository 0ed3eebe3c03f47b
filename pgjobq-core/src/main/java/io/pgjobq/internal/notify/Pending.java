package io.pgjobq.internal.notify;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Signals that wait to be sent, folded: one a lane, with the lowest seq. Not thread-safe. */
final class Pending {

    /** More than these are dropped: who waits for a job asks now and then anyway. */
    private static final int MOST_OF_A_KIND = 100_000;

    private record Lane(int queue, int priority) {}

    private final Map<Lane, Long> ready = new HashMap<>();
    private final Set<Integer> looks = new HashSet<>();
    private final Set<Integer> rooms = new HashSet<>();
    private final Set<Signal.Turn> turns = new HashSet<>();
    private final List<Long> ended = new ArrayList<>();
    private final Set<Long> progressed = new HashSet<>();
    private final List<Announcer.Test> tests = new ArrayList<>();
    private long dueInMillis = Long.MAX_VALUE;

    void add(Signal signal) {
        if (signal instanceof Signal.Ready r) {
            ready.merge(new Lane(r.queue(), r.priority()), r.seq(), Math::min);
        } else if (signal instanceof Signal.Due due) {
            dueInMillis = Math.min(dueInMillis, due.inMillis());
        } else if (signal instanceof Signal.Look look) {
            looks.add(look.queue());
        } else if (signal instanceof Signal.Room room) {
            rooms.add(room.queue());
        } else if (signal instanceof Signal.Turn turn && turns.size() < MOST_OF_A_KIND) {
            turns.add(turn);
        } else if (signal instanceof Signal.Ended e && ended.size() < MOST_OF_A_KIND) {
            ended.addAll(e.ids());
        } else if (signal instanceof Signal.Progressed p && progressed.size() < MOST_OF_A_KIND) {
            progressed.addAll(p.ids());
        }
    }

    void add(Announcer.Test test) {
        if (!test.sent().isDone()) {
            tests.add(test);
        }
    }

    boolean isEmpty() {
        return tests.isEmpty()
                && ready.isEmpty()
                && looks.isEmpty()
                && rooms.isEmpty()
                && turns.isEmpty()
                && ended.isEmpty()
                && progressed.isEmpty()
                && dueInMillis == Long.MAX_VALUE;
    }

    /** Returns what is to be sent to those who run jobs. */
    List<Signal> jobs() {
        List<Signal> signals = new ArrayList<>();
        ready.forEach((lane, seq) -> signals.add(new Signal.Ready(lane.queue(), lane.priority(), seq)));
        looks.forEach(queue -> signals.add(new Signal.Look(queue)));
        rooms.forEach(queue -> signals.add(new Signal.Room(queue)));
        signals.addAll(turns);
        if (dueInMillis != Long.MAX_VALUE) {
            signals.add(new Signal.Due(dueInMillis));
        }
        return signals;
    }

    /** Returns the tests that are to be sent, each to the listener that made it. */
    List<Announcer.Test> tests() {
        return List.copyOf(tests);
    }

    /** Returns what is to be sent to those who wait for jobs. */
    List<Signal> done() {
        List<Signal> signals = new ArrayList<>();
        if (!progressed.isEmpty()) {
            signals.add(new Signal.Progressed(List.copyOf(progressed)));
        }
        if (!ended.isEmpty()) {
            signals.add(new Signal.Ended(List.copyOf(ended)));
        }
        return signals;
    }
}
