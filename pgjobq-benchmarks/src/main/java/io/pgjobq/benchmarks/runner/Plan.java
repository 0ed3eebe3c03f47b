package io.pgjobq.benchmarks.runner;

import io.pgjobq.benchmarks.runner.Catalogue.Item;
import io.pgjobq.benchmarks.systems.QueueSystem;
import io.pgjobq.benchmarks.systems.Systems;
import io.pgjobq.benchmarks.workloads.Workload;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * What is done in which order: what is compared with each other follows each other within a round, and rounds are repeated.
 * Round 0 lets this process get warm and is not counted; in it a system may be measured several times.
 */
public final class Plan {

    private static final Set<String> OWN = Set.of("floor", "pgjobq", "pgjobq-history");

    private Plan() {}

    /** One measurement. */
    public record Step(int round, Workload workload, QueueSystem system, boolean peer) {}

    /** Returns the steps that the command line asks for. */
    public static List<Step> of(Options options) {
        List<Step> steps = new ArrayList<>();
        for (int round = 0; round <= options.rounds(); round++) {
            for (Item item : options.items()) {
                for (QueueSystem system : options.systems()) {
                    Step step = new Step(round, item.workload(), system, isPeer(system));
                    if (item.workload().suits(system)) {
                        steps.addAll(Collections.nCopies(times(options, item, system, round), step));
                    }
                }
            }
        }
        return steps;
    }

    private static int times(Options options, Item item, QueueSystem system, int round) {
        int most = options.chosen() ? options.rounds() : most(options, item, system);
        if (round > 0) {
            return round <= most ? 1 : 0;
        }
        int warmUps = options.quick() ? Math.min(1, item.warmUps()) : item.warmUps();
        return most > 0 ? warmUps : 0;
    }

    private static int most(Options options, Item item, QueueSystem system) {
        if (system == Systems.FLOOR || system == Systems.PGJOBQ) {
            return item.rounds();
        }
        if (options.quick() && !item.quickForAll()) {
            return 0;
        }
        return isPeer(system) ? item.peerRounds() : item.historyRounds();
    }

    private static boolean isPeer(QueueSystem system) {
        return !OWN.contains(system.name());
    }
}
