package io.pgjobq.internal.maintenance;

import io.pgjobq.internal.store.LanePosition;
import io.pgjobq.internal.store.NodeStore.DeadNode;
import io.pgjobq.internal.store.NodeStore.Rescue;
import io.pgjobq.internal.support.Log;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;

/** Declares silent nodes dead when asked, and frees what dead ones hold, some claims at a time. Used by one thread. */
final class DeadNodes implements Step {

    private static final int AT_ONCE = 50;

    private static final Logger LOG = Log.of(DeadNodes.class);

    private final Nodes nodes;
    private final BooleanSupplier steady;
    private final Workers workers;
    private final Announcements announcements;

    /** The list of nodes, and what dead ones have left. */
    interface Nodes {

        /** Declares silent nodes dead; quick is whether a missing session lock shortens the silence that is allowed. */
        List<DeadNode> declareDead(boolean quick);

        /** Frees what up to so many claims of dead nodes hold. */
        List<Rescue> rescue(int claims);
    }

    /**
     * Rescues by those means.
     *
     * @param steady whether this node may judge others quickly
     */
    DeadNodes(Nodes nodes, BooleanSupplier steady, Workers workers, Announcements announcements) {
        this.nodes = nodes;
        this.steady = steady;
        this.workers = workers;
        this.announcements = announcements;
    }

    @Override
    public Duration run(boolean asked) {
        if (asked) {
            for (DeadNode dead : nodes.declareDead(steady.getAsBoolean())) {
                LOG.warn("node {} '{}': declared dead, its jobs are run elsewhere", dead.id(), dead.name());
                workers.nodeLost(dead.id(), dead.name());
            }
        }
        List<Rescue> rescued = nodes.rescue(AT_ONCE);
        rescued.forEach(this::report);
        return rescued.size() == AT_ONCE ? Duration.ZERO : SELDOM;
    }

    private void report(Rescue rescue) {
        LOG.info("rescued {} jobs of a dead node, {} died", rescue.rescued(), rescue.died());
        workers.rescued(rescue.queue(), rescue.rescued(), rescue.died());
        if (rescue.ready() != null) {
            announce(rescue.ready(), rescue.quarantined());
        }
        announcements.room(rescue.queue());
        announcements.ended(rescue.awaited());
    }

    private void announce(LanePosition ready, long quarantined) {
        announcements.ready(ready);
        if (quarantined > 0) {
            LOG.warn(
                    "queue number {}: {} jobs were held by two nodes that died, or more, and are run one at a time"
                            + " on each node",
                    ready.queue(),
                    quarantined);
            announcements.ready(new LanePosition(ready.queue(), LanePosition.QUARANTINE, 0));
        }
    }
}
