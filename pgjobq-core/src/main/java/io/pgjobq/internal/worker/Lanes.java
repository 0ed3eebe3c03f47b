package io.pgjobq.internal.worker;

import io.pgjobq.internal.settle.QuarantineSlot;
import io.pgjobq.internal.store.ClaimRequest;
import io.pgjobq.internal.store.Claimed;
import io.pgjobq.internal.store.ClaimedJob;
import io.pgjobq.internal.store.LanePosition;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a worker knows of its queue's lanes: how far it has looked (the hint), and from where there is something to look for.
 * The hint is only a hint; whatever is announced below it is looked for there. Not thread-safe.
 */
final class Lanes {

    private static final long NOTHING = Long.MAX_VALUE;

    /** One past the highest seq that was seen. */
    private final long[] hints = new long[LanePosition.LANES];

    /** The lowest seq that may be there, {@link #NOTHING} if none is known. */
    private final long[] wanted = new long[LanePosition.LANES];

    /** The lowest seq that was announced since the last request, {@link #NOTHING} if none was. */
    private final long[] told = new long[LanePosition.LANES];

    /** When the last request looked at the lane, if there is more to take behind what it took, 0 otherwise. */
    private final long[] last = new long[LanePosition.LANES];

    /** Whether the last request was for the lane because there may be something in it. */
    private final boolean[] meant = new boolean[LanePosition.LANES];

    private final QuarantineSlot quarantine;
    private final int leastUrgentEvery;

    /** How often jobs were asked for since that began with the least urgent. */
    private int taken;

    /**
     * Where a request starts in each of its lanes, as {@link ClaimRequest} says.
     *
     * @param from where to start
     * @param last when the last request looked there
     * @param told the lowest seq that was announced since
     */
    record Start(long[] from, long[] last, long[] told) {}

    /**
     * @param quarantine what the node's queues share
     * @param leastUrgentEvery at every which request to begin with the least urgent lane, 0 for never
     */
    Lanes(QuarantineSlot quarantine, int leastUrgentEvery) {
        this.quarantine = quarantine;
        this.leastUrgentEvery = leastUrgentEvery;
        lookEverywhere();
    }

    /** Anything may be anywhere. */
    void lookEverywhere() {
        Arrays.fill(wanted, 0);
        Arrays.fill(told, 0);
    }

    /** Seqs may have come back, so that what is new may lie below what was seen. */
    void forget() {
        Arrays.fill(hints, 0);
        Arrays.fill(last, 0);
        lookEverywhere();
    }

    /** A job with this seq may be there. */
    void announce(int priority, long seq) {
        wanted[priority] = Math.min(wanted[priority], seq);
        told[priority] = Math.min(told[priority], seq);
    }

    /** Returns whether nothing told of a job there, and the lane was emptied when it was last looked at. */
    boolean isNews(int lane, long seq) {
        return wanted[lane] == NOTHING && lane != LanePosition.QUARANTINE && seq >= hints[lane];
    }

    /** Returns whether there is something to look for. */
    boolean hasWork() {
        for (int lane = 0; lane < wanted.length; lane++) {
            if (isWanted(lane)) {
                return true;
            }
        }
        return false;
    }

    private boolean isWanted(int lane) {
        return wanted[lane] != NOTHING && (lane != LanePosition.QUARANTINE || quarantine.isFree());
    }

    /** Nobody needs to look below this seq, in lanes where nothing is announced. */
    void advance(long seq) {
        for (int i = 0; i < hints.length; i++) {
            if (wanted[i] == NOTHING) {
                hints[i] = Math.max(hints[i], seq);
            }
        }
    }

    /**
     * Returns the lanes that are asked for: a quarantined job first, since one at a time delays nobody, then the most urgent, or now and then
     * the least.
     *
     * @param all whether to ask for all but quarantined jobs: those with keys may be anywhere
     */
    short[] take(boolean all) {
        short[] lanes = new short[LanePosition.LANES];
        int count = 0;
        if (isWanted(LanePosition.QUARANTINE) && quarantine.reserve()) {
            lanes[count++] = LanePosition.QUARANTINE;
        }
        boolean backwards = isBackwards();
        for (int i = 0; i < LanePosition.PRIORITIES; i++) {
            int lane = backwards ? LanePosition.PRIORITIES - 1 - i : i;
            if (isWanted(lane) || all) {
                lanes[count++] = (short) lane;
            }
        }
        return Arrays.copyOf(lanes, count);
    }

    private boolean isBackwards() {
        taken++;
        if (leastUrgentEvery == 0 || taken < leastUrgentEvery) {
            return false;
        }
        taken = 0;
        return true;
    }

    /** Returns where to start in each of the lanes. Announcements from now on are for the next time. */
    Start start(short[] lanes) {
        Start start = new Start(new long[lanes.length], new long[lanes.length], new long[lanes.length]);
        for (int i = 0; i < lanes.length; i++) {
            int lane = lanes[i];
            start.from[i] = Math.min(wanted[lane], hints[lane]);
            start.last[i] = last[lane];
            start.told[i] = told[lane];
            meant[lane] = wanted[lane] != NOTHING;
            wanted[lane] = NOTHING;
            told[lane] = NOTHING;
            last[lane] = 0;
        }
        return start;
    }

    /** Returns from where on nothing was seen of the lane, and of those that are more urgent. */
    long[] unseen(int lane) {
        return Arrays.copyOf(hints, lane + 1);
    }

    /** A job of the lane was taken, and nothing that was to be seen then is left before it. */
    void passed(int lane, long seq) {
        hints[lane] = Math.max(hints[lane], seq + 1);
    }

    /** The request failed: everything is still to be looked for. */
    void restore(ClaimRequest request) {
        for (int i = 0; i < request.lanes().length; i++) {
            announce(request.lanes()[i], request.from()[i]);
        }
        if (request.asksForQuarantined()) {
            quarantine.giveUp();
        }
    }

    /** Learns from what was found. */
    void found(ClaimRequest request, Claimed claimed) {
        for (LanePosition lane : claimed.emptied()) {
            hints[lane.priority()] = Math.max(hints[lane.priority()], lane.seq());
        }
        List<ClaimedJob> jobs = claimed.jobs();
        if (!jobs.isEmpty() && jobs.get(0).quarantined()) {
            quarantine.hold(jobs.get(0).claim());
            announce(LanePosition.QUARANTINE, 0);
        } else if (request.asksForQuarantined()) {
            quarantine.giveUp();
        }
        if (claimed.turns() != null) {
            leaveUnseen(request, claimed.emptied(), claimed.turns().more());
        } else if (claimed.isFull(request)) {
            leaveRest(request, claimed, jobs.isEmpty() ? null : jobs.get(jobs.size() - 1));
        }
    }

    /** Jobs have keys: each lane that was looked at says where to go on. */
    private void leaveUnseen(ClaimRequest request, List<LanePosition> emptied, List<LanePosition> more) {
        for (LanePosition lane : more) {
            hints[lane.priority()] = Math.max(hints[lane.priority()], lane.seq());
            wanted[lane.priority()] = Math.min(wanted[lane.priority()], lane.seq());
        }
        for (int i = 0; i < request.lanes().length; i++) {
            int lane = request.lanes()[i];
            boolean seen = Stream.concat(emptied.stream(), more.stream()).anyMatch(at -> at.priority() == lane);
            if (!seen && meant[lane] && lane != LanePosition.QUARANTINE) {
                announce(lane, request.from()[i]);
            }
        }
    }

    /** The limit was reached: the last job's lane goes on after it, those behind it have not been looked at; none if none was allowed. */
    private void leaveRest(ClaimRequest request, Claimed claimed, @Nullable ClaimedJob taken) {
        boolean behind = taken == null;
        for (int i = 0; i < request.lanes().length; i++) {
            int lane = request.lanes()[i];
            if (behind) {
                wanted[lane] = Math.min(wanted[lane], request.from()[i]);
                told[lane] = Math.min(told[lane], request.told()[i]);
                last[lane] = request.last()[i];
            } else if (taken != null && lane == taken.lane()) {
                behind = true;
                if (!taken.quarantined()) {
                    wanted[lane] = Math.min(wanted[lane], taken.seq() + 1);
                    hints[lane] = Math.max(request.from()[i], taken.seq() + 1);
                    last[lane] = claimed.look();
                }
            }
        }
    }
}
