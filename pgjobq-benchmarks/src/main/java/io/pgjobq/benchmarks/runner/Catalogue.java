package io.pgjobq.benchmarks.runner;

import io.pgjobq.benchmarks.systems.ClientOptions;
import io.pgjobq.benchmarks.systems.PgJobQSystem;
import io.pgjobq.benchmarks.systems.Systems;
import io.pgjobq.benchmarks.workloads.BatchInsert;
import io.pgjobq.benchmarks.workloads.Bench;
import io.pgjobq.benchmarks.workloads.Business;
import io.pgjobq.benchmarks.workloads.Crowded;
import io.pgjobq.benchmarks.workloads.Drain;
import io.pgjobq.benchmarks.workloads.Enqueue;
import io.pgjobq.benchmarks.workloads.HeldSnapshot;
import io.pgjobq.benchmarks.workloads.Idle;
import io.pgjobq.benchmarks.workloads.IdleNodes;
import io.pgjobq.benchmarks.workloads.Limited;
import io.pgjobq.benchmarks.workloads.NotifyFloor;
import io.pgjobq.benchmarks.workloads.RoundTrip;
import io.pgjobq.benchmarks.workloads.Schedules;
import io.pgjobq.benchmarks.workloads.SharedDrain;
import io.pgjobq.benchmarks.workloads.Steady;
import io.pgjobq.benchmarks.workloads.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** All workloads, in the order in which they are run. */
public final class Catalogue {

    private static final int ALWAYS = Integer.MAX_VALUE;

    private static final int FIRST_WITH_VIRTUAL_THREADS = 21;

    /** How many handlers that take their time may run at once. */
    private static final int HANDLERS = 100;

    /** All workloads. */
    public static final List<Item> ALL = all();

    private Catalogue() {}

    /**
     * A workload, and how often it is run if the command line does not say.
     *
     * @param warmUps how often it is run before, uncounted, so that this process gets warm; the quick form does so once at most
     * @param rounds how often at most it is run
     * @param historyRounds how often at most with pgjobq's default history
     * @param peerRounds how often at most with peers
     * @param quickForAll whether the quick form asks it of more than the floor and pgjobq without history
     */
    public record Item(
            Workload workload, int warmUps, int rounds, int historyRounds, int peerRounds, boolean quickForAll) {}

    private static List<Item> all() {
        List<Item> items = new ArrayList<>();
        Drain drain = new Drain("drain", "drain", 1, Bench.PAYLOAD, ClientOptions.WORKER, system -> true);
        items.add(new Item(drain, 4, ALWAYS, ALWAYS, ALWAYS, true));
        items.add(new Item(new Enqueue(1), 1, ALWAYS, 0, 1, false));
        items.add(new Item(new Enqueue(8), 1, ALWAYS, 0, 1, false));
        items.add(new Item(new Idle(Idle.Kind.SENT_ALONE), 1, ALWAYS, 2, 1, false));
        items.add(new Item(new Idle(Idle.Kind.IN_TRANSACTION), 1, ALWAYS, 0, 0, false));
        items.add(new Item(new NotifyFloor(), 1, ALWAYS, 0, 0, false));
        items.add(new Item(new Idle(Idle.Kind.OTHER_PROCESS), 0, ALWAYS, 2, 1, false));
        items.add(new Item(new Steady(1_000), 0, ALWAYS, 2, 1, false));
        items.add(new Item(new Steady(5_000), 0, ALWAYS, 2, 1, false));
        items.add(new Item(new SharedDrain("nodes", List.of(1, 8)), 0, ALWAYS, 0, 0, false));
        items.add(new Item(new SharedDrain("nodes-2-4", List.of(2, 4)), 0, 1, 0, 0, false));
        items.add(new Item(new RoundTrip(), 1, ALWAYS, 0, 0, false));
        items.add(new Item(new Crowded(), 3, ALWAYS, 0, 0, false));
        items.add(new Item(new HeldSnapshot(), 2, ALWAYS, 0, 0, false));
        items.add(new Item(new Business(), 1, ALWAYS, 0, 0, false));
        items.add(new Item(new BatchInsert(), 2, ALWAYS, 0, 0, false));
        items.add(new Item(new Limited(), 1, ALWAYS, 0, 0, false));
        handlers().forEach(workload -> items.add(new Item(workload, 1, 2, 0, 0, false)));
        payloads().forEach(workload -> items.add(new Item(workload, 1, 2, 0, 0, false)));
        items.add(new Item(new IdleNodes(), 0, 1, 0, 0, false));
        items.add(new Item(new Schedules(), 0, 1, 0, 0, false));
        return List.copyOf(items);
    }

    private static List<Workload> handlers() {
        List<Workload> workloads = new ArrayList<>();
        for (boolean virtual : new boolean[] {false, true}) {
            if (virtual && Runtime.version().feature() < FIRST_WITH_VIRTUAL_THREADS) {
                continue;
            }
            workloads.add(handler(0, 1, virtual));
            workloads.add(handler(1, 2, virtual));
            workloads.add(handler(20, 5, virtual));
        }
        return workloads;
    }

    private static Drain handler(int millis, int share, boolean virtual) {
        String threads = virtual ? "virtual" : "platform";
        return new Drain(
                "handlers-" + millis + (virtual ? "-virtual" : ""),
                "handlers of " + millis + " ms, " + HANDLERS + " " + threads + " threads",
                share,
                Bench.PAYLOAD,
                new ClientOptions(true, Duration.ofMillis(millis), HANDLERS, virtual),
                virtual ? system -> system instanceof PgJobQSystem : system -> system != Systems.FLOOR);
    }

    private static List<Workload> payloads() {
        return List.of(payload("2k", 2_000, 2), payload("20k", 20_000, 10));
    }

    private static Drain payload(String name, int length, int share) {
        return new Drain(
                "payload-" + name,
                "payloads of " + length / 1_000 + " kB",
                share,
                length,
                ClientOptions.WORKER,
                system -> true);
    }
}
