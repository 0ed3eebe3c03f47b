package io.pgjobq.internal.store;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node took.
 *
 * @param jobs the jobs, in the order in which they are to start
 * @param emptied the lanes in which nothing is left, each with where to go on
 * @param look when the last job's lane was looked at, for the next request; 0 if it was emptied
 * @param allowance what the queue's limits allow, {@code null} if it has none
 */
public record Claimed(
        List<ClaimedJob> jobs,
        List<LanePosition> emptied,
        long look,
        @Nullable Allowance allowance) {

    /**
     * What the limits of a queue allow.
     *
     * @param jobs how many jobs could be taken
     * @param micros in how long the rate allows more, 0 for at once; {@code null} if there is no rate
     */
    public record Allowance(int jobs, @Nullable Long micros) {}

    static Claimed of(ClaimRequest request, List<ClaimedLane> lanes) {
        List<ClaimedJob> jobs = new ArrayList<>();
        List<LanePosition> emptied = new ArrayList<>();
        long look = 0;
        Allowance allowance = null;
        for (ClaimedLane lane : lanes) {
            if (lane.isAllowance()) {
                allowance = new Allowance((int) lane.look(), lane.next());
                continue;
            }
            jobs.addAll(lane.jobs());
            look = lane.look();
            if (lane.next() != null) {
                emptied.add(new LanePosition(request.queue(), lane.priority(), lane.next()));
            }
        }
        return new Claimed(jobs, emptied, look, allowance);
    }

    /** Returns whether as many jobs were taken as were asked for, or allowed: there may be more. */
    public boolean isFull(ClaimRequest request) {
        return jobs.size() == (allowance == null ? request.limit() : Math.min(allowance.jobs, request.limit()));
    }
}
