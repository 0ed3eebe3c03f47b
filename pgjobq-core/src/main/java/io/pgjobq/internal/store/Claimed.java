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
 * @param turns what is known of jobs with keys, {@code null} if the queue has none
 */
public record Claimed(
        List<ClaimedJob> jobs,
        List<LanePosition> emptied,
        long look,
        @Nullable Allowance allowance,
        @Nullable Turns turns) {

    /** What was found in a queue whose jobs have no keys. */
    public Claimed(List<ClaimedJob> jobs, List<LanePosition> emptied, long look, @Nullable Allowance allowance) {
        this(jobs, emptied, look, allowance, null);
    }

    /**
     * What is known of a queue whose jobs have keys.
     *
     * @param more the lanes where there may be more, each with where to go on
     * @param left the lines where a job may have its turn, for which there was no room
     * @param others the lines where the next job has a type that this node does not run
     */
    public record Turns(List<LanePosition> more, List<Long> left, long[] others) {}

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
        List<LanePosition> more = new ArrayList<>();
        long look = 0;
        Allowance allowance = null;
        ClaimedLines left = null;
        for (ClaimedLane lane : lanes) {
            jobs.addAll(lane.jobs());
            if (lane.isAllowance()) {
                allowance = new Allowance((int) lane.look(), lane.next());
            } else if (lane.lines() != null) {
                left = lane.lines();
                left.addTo(jobs);
            } else {
                look = lane.look();
                if (lane.next() != null) {
                    (look == 0 ? emptied : more).add(new LanePosition(request.queue(), lane.priority(), lane.next()));
                }
            }
        }
        Turns turns = left == null ? null : new Turns(more, left.lines(), left.ids());
        return new Claimed(jobs, emptied, look, allowance, turns);
    }

    /** Returns whether as many jobs were taken as were asked for, or allowed: there may be more. */
    public boolean isFull(ClaimRequest request) {
        return jobs.size() == (allowance == null ? request.limit() : Math.min(allowance.jobs, request.limit()));
    }
}
