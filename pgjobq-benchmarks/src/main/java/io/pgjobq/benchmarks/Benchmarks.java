package io.pgjobq.benchmarks;

import io.pgjobq.benchmarks.harness.Figure;
import io.pgjobq.benchmarks.harness.Server;
import io.pgjobq.benchmarks.systems.ClientOptions;
import io.pgjobq.benchmarks.systems.QueueSystem;
import io.pgjobq.benchmarks.systems.Systems;
import io.pgjobq.benchmarks.workloads.Bench;
import io.pgjobq.benchmarks.workloads.Drain;
import io.pgjobq.benchmarks.workloads.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Runs the benchmarks. */
public final class Benchmarks {

    private Benchmarks() {}

    public static void main(String[] arguments) {
        List<Workload> workloads = List.of(new Drain("drain", Bench.PAYLOAD, ClientOptions.WORKER));
        List<Figure> figures = new ArrayList<>();
        try (Server server = Server.start()) {
            Bench bench = new Bench(server, 100_000, Duration.ofSeconds(10));
            for (int round = 0; round < Integer.getInteger("rounds", 4); round++) {
                for (QueueSystem system : Systems.ALL) {
                    for (Workload workload : workloads) {
                        for (Figure figure : workload.run(bench, system, round)) {
                            figures.add(figure);
                            System.out.printf(
                                    "%d %-24s %-16s %7d jobs %9.0f/s  server %6.1f us  client %6.1f us  wal %6.0f B  commits %.3f dead %d %s%n",
                                    round,
                                    figure.workload(),
                                    figure.system(),
                                    figure.jobs(),
                                    figure.rate(),
                                    figure.serverMicrosPerJob(),
                                    figure.clientMicrosPerJob(),
                                    figure.walPerJob(),
                                    figure.commitsPerJob(),
                                    figure.deadRows(),
                                    figure.capped() ? "capped" : "");
                        }
                    }
                }
            }
        }
    }
}
