package io.pgjobq.simulation;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What handlers know of jobs with keys: which of a key run, and which have. Thread-safe. */
final class Turns {

    /** A job may have been taken before an earlier one was committed, and may wait on its node for so long. */
    private static final long MOST_WAITING = Duration.ofSeconds(3).toNanos();

    private final Ledger ledger;
    private final Map<String, Turn> running = new ConcurrentHashMap<>();
    private final Map<String, Turn> latest = new ConcurrentHashMap<>();
    private final Map<Long, Long> committed = new ConcurrentHashMap<>();

    /**
     * A job with a key has its turn.
     *
     * @param id the job's id in the database
     */
    record Turn(String key, long job, long id, Ledger.Start start) {

        @Override
        public String toString() {
            return "job " + job + " of key " + key + " on " + start.node();
        }
    }

    Turns(Ledger ledger) {
        this.ledger = ledger;
    }

    /** A job was committed that holds later ones of its key back from now on. */
    void committed(long job) {
        committed.put(job, System.nanoTime());
    }

    /** A handler starts: no other one of the key may be at it, and no later one may have been. */
    Turn begin(String key, long job, long id, SimulatedNode node) {
        Turn turn = new Turn(key, job, id, ledger.start(node));
        Turn other = running.put(key, turn);
        if (other != null && other.start.contradicts(turn.start)) {
            ledger.contradiction(turn + " started while " + other + " ran", other.start, turn.start);
        }
        Turn later = latest.merge(key, turn, (old, now) -> sameHistory(old, now) && old.id > now.id ? old : now);
        if (later.id > id && later.start.contradicts(turn.start) && knew(later, job)) {
            ledger.contradiction(turn + " started after " + later, later.start, turn.start);
        }
        return turn;
    }

    private static boolean sameHistory(Turn one, Turn other) {
        return one.start.history() == other.start.history();
    }

    /** Returns whether the one that started had to wait for that job. */
    private boolean knew(Turn started, long job) {
        @Nullable Long since = committed.get(job);
        return since != null && started.start.at() - since > MOST_WAITING;
    }

    void end(Turn turn) {
        running.remove(turn.key, turn);
    }
}
