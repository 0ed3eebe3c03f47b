package io.pgjobq.internal.completion;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Those who wait for jobs, and which of the jobs are to be looked up. Not thread-safe. */
final class WaitingList {

    private static final long[] NONE = {};

    private final int mostAtOnce;

    /** Those who wait for a job that is to be found. */
    private final Map<Long, List<Waiter<?>>> waiters = new HashMap<>();

    /** Those whose job's transaction has not ended. */
    private final Set<Waiter<?>> uncommitted = new HashSet<>();

    private final Set<Long> toLookUp = new LinkedHashSet<>();

    /** What is being looked up; it is looked up again unless that succeeds, whatever it fails with. */
    private long[] taken = NONE;

    private boolean closed;

    /** @param mostAtOnce how many jobs are looked up at once */
    WaitingList(int mostAtOnce) {
        this.mostAtOnce = mostAtOnce;
    }

    boolean isClosed() {
        return closed;
    }

    /** Its job can't be found before {@link #follow}. */
    void add(Waiter<?> waiter) {
        uncommitted.add(waiter);
    }

    /** Its job can be found from now on; returns whether somebody still waits. */
    boolean follow(Waiter<?> waiter) {
        if (closed || !uncommitted.remove(waiter)) {
            return false;
        }
        waiters.computeIfAbsent(waiter.id(), key -> new ArrayList<>(1)).add(waiter);
        return true;
    }

    /** Removes one who waits no more; returns whether nobody waits any more for a job that could be found. */
    boolean remove(Waiter<?> waiter) {
        uncommitted.remove(waiter);
        List<Waiter<?>> others = waiters.get(waiter.id());
        boolean last = others != null && others.remove(waiter) && others.isEmpty();
        if (last) {
            waiters.remove(waiter.id());
            toLookUp.remove(waiter.id());
        }
        return last;
    }

    /** Returns those who wait for a job that can be found. */
    List<Waiter<?>> of(long id) {
        return List.copyOf(waiters.getOrDefault(id, List.of()));
    }

    /** Returns whether nobody waits for a job that could be found. */
    boolean isEmpty() {
        return waiters.isEmpty();
    }

    /** Those of the jobs are to be looked up that somebody waits for. */
    void ask(Collection<Long> ids) {
        ids.stream().filter(waiters::containsKey).forEach(toLookUp::add);
    }

    /** All jobs are to be looked up. */
    void askForAll() {
        toLookUp.addAll(waiters.keySet());
    }

    /** Returns whether there is something to look up. */
    boolean isAsked() {
        return !toLookUp.isEmpty() || taken.length > 0;
    }

    /** Returns some jobs to be looked up: those that are left from the last time, too, until {@link #done} is called. */
    long[] take() {
        // Behind the others, so that what can't be looked up holds up only what is beside it.
        Arrays.stream(taken).filter(waiters::containsKey).forEach(toLookUp::add);
        taken = toLookUp.stream().limit(mostAtOnce).mapToLong(Long::longValue).toArray();
        for (long id : taken) {
            toLookUp.remove(id);
        }
        return taken;
    }

    /** What was taken has been looked up. */
    void done() {
        taken = NONE;
    }

    /** Takes nobody any more; returns those who wait. */
    List<Waiter<?>> close() {
        closed = true;
        return Stream.concat(waiters.values().stream().flatMap(List::stream), uncommitted.stream())
                .toList();
    }
}
