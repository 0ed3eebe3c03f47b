package io.pgjobq;

import java.time.Duration;
import java.util.List;

/**
 * What this node knows of itself, without asking the database.
 *
 * @param name how messages and tables name it
 * @param number its number on the list of nodes, 0 while it is not on it
 * @param ready whether it was started, and what it needs was there
 * @param workerNode whether it may have containers
 * @param listening whether notifications arrive; otherwise it polls
 * @param heartbeatAge for how long no heartbeat was answered; zero if it sends none
 * @param timeout after what silence others take over its jobs
 * @param problems what does not work although its database may answer, the oldest first; see {@link PgJobQ#problems()}
 * @param outages what is interrupted at this moment and tried again until it works, the oldest first
 * @param outageCount how many such interruptions there were since the node was built
 */
public record NodeStatus(
        String name,
        int number,
        boolean ready,
        boolean workerNode,
        boolean listening,
        Duration heartbeatAge,
        Duration timeout,
        List<NodeProblem> problems,
        List<NodeProblem> outages,
        long outageCount) {

    public NodeStatus {
        problems = List.copyOf(problems);
        outages = List.copyOf(outages);
    }
}
