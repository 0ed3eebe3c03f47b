package io.pgjobq.store;

import java.util.ArrayList;
import java.util.List;

/**
 * Where each lane ends in a list of settlements that is ordered by lanes.
 *
 * @param queues the queue of each lane
 * @param priorities the priority of each lane
 * @param ends how many settlements there are up to the end of each lane
 */
record LaneEnds(int[] queues, short[] priorities, int[] ends) {

    static LaneEnds of(List<? extends Settlement> ordered) {
        List<ClaimedJob> last = new ArrayList<>();
        List<Integer> ends = new ArrayList<>();
        for (int i = 0; i < ordered.size(); i++) {
            ClaimedJob job = ordered.get(i).job();
            if (i + 1 == ordered.size() || !job.isOfLane(ordered.get(i + 1).job())) {
                last.add(job);
                ends.add(i + 1);
            }
        }
        short[] priorities = new short[last.size()];
        for (int i = 0; i < priorities.length; i++) {
            priorities[i] = (short) last.get(i).priority();
        }
        return new LaneEnds(
                last.stream().mapToInt(ClaimedJob::queue).toArray(),
                priorities,
                ends.stream().mapToInt(Integer::intValue).toArray());
    }
}
