package io.pgjobq.internal.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgjobq.internal.notify.Signal;
import io.pgjobq.internal.store.LanePosition;
import io.pgjobq.internal.store.NodeStore.DeadNode;
import io.pgjobq.internal.store.NodeStore.Rescue;
import io.pgjobq.test.LogLines;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeadNodesTests implements DeadNodes.Nodes {

    private static final Rescue NOTHING_READY = new Rescue(7, null, 0, 0, 1, new long[0]);

    private final Heard heard = new Heard();
    private final FakeWorkers workers = new FakeWorkers();
    private final List<String> calls = new ArrayList<>();
    private final DeadNodes deadNodes = new DeadNodes(this, () -> this.steady, workers, heard.announcements);

    private boolean steady = true;
    private List<Rescue> next = List.of();

    @Test
    void othersAreJudgedQuicklyOnlyByANodeWhoseOwnHeartbeatsAreSteady() {
        deadNodes.run(true);
        steady = false;
        deadNodes.run(true);

        assertThat(calls).containsExactly("declare true", "rescue 50", "declare false", "rescue 50");
    }

    @Test
    void whatDeadNodesHaveLeftIsFreedWithoutJudgingAnybody() {
        assertThat(deadNodes.run(false)).isEqualTo(Step.SELDOM);

        assertThat(calls).containsExactly("rescue 50");
    }

    @Test
    void aCallFreesSomeClaimsAndTheNextGoesOn() {
        next = Collections.nCopies(50, NOTHING_READY);
        assertThat(deadNodes.run(true)).isEqualTo(Duration.ZERO);
        next = Collections.nCopies(49, NOTHING_READY);
        assertThat(deadNodes.run(false)).isEqualTo(Step.SELDOM);

        assertThat(calls).containsExactly("declare true", "rescue 50", "rescue 50");
    }

    @Test
    void whatWasFreedIsAnnounced() {
        next = List.of(
                new Rescue(7, new LanePosition(7, 5, 12), 3, 0, 0, new long[0]),
                new Rescue(8, new LanePosition(8, 2, 30), 3, 1, 1, new long[] {99}),
                NOTHING_READY);
        deadNodes.run(false);
        assertThat(workers.calls)
                .containsExactly("rescued of 7: 3, 0 dead", "rescued of 8: 3, 1 dead", "rescued of 7: 0, 1 dead");

        assertThat(heard.signals)
                .containsExactly(
                        new Signal.Ready(7, 5, 12),
                        new Signal.Room(7),
                        new Signal.Ready(8, 2, 30),
                        new Signal.Ready(8, LanePosition.QUARANTINE, 0),
                        new Signal.Room(8),
                        new Signal.Ended(List.of(99L)),
                        new Signal.Room(7));
    }

    @Test
    void whoIsDeclaredDeadAndWhatMayHaveKilledItIsWarnedOf() {
        next = List.of(new Rescue(8, new LanePosition(8, 2, 30), 3, 2, 1, new long[0]));
        try (LogLines log = LogLines.capture()) {
            deadNodes.run(true);
            assertThat(log.with("WARN"))
                    .containsExactly(
                            "WARN node 3 'dead': declared dead, its jobs are run elsewhere",
                            "WARN queue number 8: 2 jobs were held by two nodes that died, or more, and are run one at a"
                                    + " time on each node");
        }
    }

    @Override
    public List<DeadNode> declareDead(boolean quick) {
        calls.add("declare " + quick);
        return List.of(new DeadNode(3, "dead"));
    }

    @Override
    public List<Rescue> rescue(int claims) {
        calls.add("rescue " + claims);
        return next;
    }
}
