package io.pgjobq.worker;

import io.pgjobq.store.ClaimRequest;
import io.pgjobq.store.Claimed;
import io.pgjobq.store.ClaimedJob;
import io.pgjobq.store.ReadyJobs;
import java.util.Arrays;
import java.util.List;

/**
 * What a worker knows of its queue's lanes: how far it has looked (the hint), and from where there is something to look for.
 * The hint is only a hint; whatever is announced below it is looked for there. Guarded by the container's lock.
 */
final class Lanes {

    private static final long NOTHING = Long.MAX_VALUE;

    /** One past the highest seq that was seen. */
    private final long[] hints = new long[ReadyJobs.PRIORITIES];

    /** The lowest seq that may be there, {@link #NOTHING} if none is known. */
    private final long[] wanted = new long[ReadyJobs.PRIORITIES];

    Lanes() {
        lookEverywhere();
    }

    /** Anything may be anywhere. */
    void lookEverywhere() {
        Arrays.fill(wanted, 0);
    }

    /** A job with this seq may be there. */
    void announce(int priority, long seq) {
        wanted[priority] = Math.min(wanted[priority], seq);
    }

    /** Returns whether there is something to look for. */
    boolean hasWork() {
        for (long from : wanted) {
            if (from != NOTHING) {
                return true;
            }
        }
        return false;
    }

    /** Nobody needs to look below this seq, in lanes where nothing is announced. */
    void advance(long seq) {
        for (int i = 0; i < hints.length; i++) {
            if (wanted[i] == NOTHING) {
                hints[i] = Math.max(hints[i], seq);
            }
        }
    }

    /** Returns the lanes to look at, the most urgent first, and forgets what was announced: it is asked for now. */
    short[] take() {
        short[] lanes = new short[ReadyJobs.PRIORITIES];
        int count = 0;
        for (short i = 0; i < wanted.length; i++) {
            if (wanted[i] != NOTHING) {
                lanes[count++] = i;
            }
        }
        return Arrays.copyOf(lanes, count);
    }

    /** Returns where to start in each of the lanes. Announcements from now on are for the next time. */
    long[] start(short[] lanes) {
        long[] from = new long[lanes.length];
        for (int i = 0; i < lanes.length; i++) {
            from[i] = Math.min(wanted[lanes[i]], hints[lanes[i]]);
            wanted[lanes[i]] = NOTHING;
        }
        return from;
    }

    /** The request failed: everything is still to be looked for. */
    void restore(ClaimRequest request) {
        for (int i = 0; i < request.lanes().length; i++) {
            announce(request.lanes()[i], request.from()[i]);
        }
    }

    /** Learns from what was found. */
    void found(ClaimRequest request, Claimed claimed) {
        for (ReadyJobs lane : claimed.emptied()) {
            hints[lane.priority()] = Math.max(hints[lane.priority()], lane.seq());
        }
        if (claimed.jobs().size() == request.limit()) {
            leaveRest(request, claimed.jobs());
        }
    }

    /** The limit was reached: the last job's lane goes on after it, those behind it have not been looked at. */
    private void leaveRest(ClaimRequest request, List<ClaimedJob> jobs) {
        ClaimedJob last = jobs.get(jobs.size() - 1);
        for (int i = 0; i < request.lanes().length; i++) {
            int priority = request.lanes()[i];
            if (priority == last.priority()) {
                announce(priority, last.seq() + 1);
                hints[priority] = Math.max(request.from()[i], last.seq() + 1);
            } else if (priority > last.priority()) {
                announce(priority, request.from()[i]);
            }
        }
    }
}
