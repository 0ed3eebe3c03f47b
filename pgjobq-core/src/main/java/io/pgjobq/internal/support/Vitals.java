package io.pgjobq.internal.support;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * What of a node does not work although the database answers: a lack of memory, a fault of ours. A node that can't be kept
 * working for as long as others would wait for it must get out of the way, so that they take over its jobs. Thread-safe.
 */
public final class Vitals {

    /** Longer than anybody rests between two attempts: what has not failed for so long is not tried any more. */
    private static final long RECENT_NANOS = TimeUnit.SECONDS.toNanos(15);

    private final long patienceNanos;
    private final LongSupplier nanoTime;
    private final Map<String, Trouble> troubles = new ConcurrentHashMap<>();
    private final Map<String, Trouble> outages = new ConcurrentHashMap<>();
    private final LongAdder outageCount = new LongAdder();

    private record Trouble(long since, long last, Throwable cause) {}

    /**
     * What does not work.
     *
     * @param activity what it was about to do
     * @param since for how long
     * @param cause what it fails with, as far as it may be told
     */
    public record Problem(String activity, Duration since, String cause) {}

    /** @param patience for how long something may fail before the node is no longer of use */
    public Vitals(Duration patience, LongSupplier nanoTime) {
        this.patienceNanos = patience.toNanos();
        this.nanoTime = nanoTime;
    }

    /** Something fails, or goes on failing. */
    public void failed(String activity, Throwable cause) {
        long now = nanoTime.getAsLong();
        troubles.merge(
                activity,
                new Trouble(now, now, cause),
                (old, fresh) -> isRecent(old, now) ? new Trouble(old.since, now, old.cause) : fresh);
    }

    /** It works, again or still. */
    public void works(String activity) {
        if (!troubles.isEmpty()) {
            troubles.remove(activity);
        }
    }

    /** Something is interrupted, by whatever, and is tried again until it works. */
    void interrupted(String activity, Throwable cause) {
        long now = nanoTime.getAsLong();
        outages.putIfAbsent(activity, new Trouble(now, now, cause));
        outageCount.increment();
    }

    /** It is no longer interrupted. */
    void recovered(String activity) {
        outages.remove(activity);
    }

    /** Returns how many interruptions there were. */
    public long outageCount() {
        return outageCount.sum();
    }

    /** Returns what is interrupted, the oldest first. */
    public List<Problem> outages() {
        return all(outages, trouble -> true);
    }

    /** Returns whether nothing has failed for so long that the node must get out of the way. */
    public boolean areGood() {
        if (troubles.isEmpty()) {
            return true;
        }
        long now = nanoTime.getAsLong();
        return troubles.values().stream().noneMatch(each -> isRecent(each, now) && now - each.since > patienceNanos);
    }

    private static boolean isRecent(Trouble trouble, long now) {
        return now - trouble.last < RECENT_NANOS;
    }

    /** Returns what does not work, the oldest first. */
    public List<Problem> problems() {
        long now = nanoTime.getAsLong();
        return all(troubles, trouble -> isRecent(trouble, now));
    }

    private List<Problem> all(Map<String, Trouble> of, Predicate<Trouble> shown) {
        long now = nanoTime.getAsLong();
        return of.entrySet().stream()
                .filter(entry -> shown.test(entry.getValue()))
                .map(entry -> new Problem(
                        entry.getKey(),
                        Duration.ofNanos(now - entry.getValue().since),
                        LogText.of(entry.getValue().cause)))
                .sorted(Comparator.comparing(Problem::since).reversed())
                .toList();
    }
}
