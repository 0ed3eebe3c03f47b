package io.pgjobq.benchmarks.runner;

import io.pgjobq.benchmarks.systems.ClientOptions;
import io.pgjobq.benchmarks.workloads.Bench;
import io.pgjobq.benchmarks.workloads.Drain;
import io.pgjobq.benchmarks.workloads.Enqueue;
import io.pgjobq.benchmarks.workloads.Idle;
import io.pgjobq.benchmarks.workloads.NotifyFloor;
import io.pgjobq.benchmarks.workloads.SharedDrain;
import io.pgjobq.benchmarks.workloads.Steady;
import io.pgjobq.benchmarks.workloads.Workload;
import java.util.ArrayList;
import java.util.List;

/** All workloads, in the order in which they are run. */
public final class Catalogue {

    /** All workloads. */
    public static final List<Item> ALL = all();

    private Catalogue() {}

    /**
     * A workload, and how often it is run if the command line does not say.
     *
     * @param warmUp whether a round before the others, which is not counted, lets this process get warm
     * @param rounds how often at most it is run
     * @param historyRounds how often at most with pgjobq's default history
     * @param peerRounds how often at most with peers
     * @param quickPeers whether peers do it in the quick form
     */
    public record Item(
            Workload workload, boolean warmUp, int rounds, int historyRounds, int peerRounds, boolean quickPeers) {}

    private static final int ALWAYS = Integer.MAX_VALUE;

    private static List<Item> all() {
        List<Item> items = new ArrayList<>();
        Drain drain = new Drain("drain", "drain", 1, Bench.PAYLOAD, ClientOptions.WORKER, system -> true);
        items.add(new Item(drain, true, ALWAYS, ALWAYS, ALWAYS, true));
        items.add(new Item(new Enqueue(1), true, ALWAYS, 0, 2, false));
        items.add(new Item(new Enqueue(8), true, ALWAYS, 0, 2, false));
        items.add(new Item(new Idle(false), true, ALWAYS, 2, 1, false));
        items.add(new Item(new NotifyFloor(), true, ALWAYS, 0, 0, false));
        items.add(new Item(new Idle(true), false, ALWAYS, 2, 1, false));
        items.add(new Item(new Steady(1_000), false, ALWAYS, 2, 1, false));
        items.add(new Item(new Steady(5_000), false, ALWAYS, 2, 1, false));
        items.add(new Item(new SharedDrain("nodes", List.of(1, 8)), false, ALWAYS, 0, 0, false));
        items.add(new Item(new SharedDrain("nodes-2-4", List.of(2, 4)), false, 2, 0, 0, false));
        return List.copyOf(items);
    }
}
