package io.pgjobq.internal.store;

import java.util.ArrayList;
import java.util.List;

/**
 * What a node took.
 *
 * @param jobs the jobs, in the order in which they are to start
 * @param emptied the lanes in which nothing is left, each with where to go on
 * @param look when the last job's lane was looked at, for the next request; 0 if it was emptied
 */
public record Claimed(List<ClaimedJob> jobs, List<LanePosition> emptied, long look) {

    static Claimed of(ClaimRequest request, List<ClaimedLane> lanes) {
        List<ClaimedJob> jobs = new ArrayList<>();
        List<LanePosition> emptied = new ArrayList<>();
        long look = 0;
        for (ClaimedLane lane : lanes) {
            jobs.addAll(lane.jobs());
            look = lane.look();
            if (lane.next() != null) {
                emptied.add(new LanePosition(request.queue(), lane.priority(), lane.next()));
            }
        }
        return new Claimed(jobs, emptied, look);
    }
}
