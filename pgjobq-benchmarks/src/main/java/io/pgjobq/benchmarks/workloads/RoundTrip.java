package io.pgjobq.benchmarks.workloads;

import io.pgjobq.benchmarks.harness.Figure;
import io.pgjobq.benchmarks.harness.Latencies;
import io.pgjobq.benchmarks.harness.Meter.Used;
import io.pgjobq.benchmarks.harness.Payload;
import io.pgjobq.benchmarks.systems.Client;
import io.pgjobq.benchmarks.systems.ClientOptions;
import io.pgjobq.benchmarks.systems.PgJobQSystem;
import io.pgjobq.benchmarks.systems.PgJobQSystem.Letter;
import io.pgjobq.benchmarks.systems.PgJobQSystem.PgJobQClient;
import io.pgjobq.benchmarks.systems.QueueSystem;
import io.pgjobq.benchmarks.systems.Systems;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One caller sends a job and waits for its result, again and again; handlers are in the same process. Between two of them it
 * commits one bare insert, which is the second figure.
 */
public record RoundTrip() implements Workload {

    /** What the figures are called. */
    public static final String TITLE = "send and await the result";

    /** What those of the bare insert are called. */
    public static final String COMMIT = "commit of a bare insert meanwhile";

    private static final int TIMES_SAMPLES = 4;

    @Override
    public String name() {
        return "round-trip";
    }

    @Override
    public boolean suits(QueueSystem system) {
        return system instanceof PgJobQSystem;
    }

    @Override
    public List<Figure> run(Bench bench, QueueSystem system, int round) {
        int count = bench.size().samples() * TIMES_SAMPLES;
        Latencies trips = new Latencies();
        Latencies commits = new Latencies();
        try (Bench.Table table = bench.prepare(system, 0)) {
            Systems.FLOOR.install(table.database());
            try (PgJobQClient client = ((PgJobQSystem) system).openEcho(table.database());
                    Client floor = Systems.FLOOR.open(table.database(), ClientOptions.SENDER, table.ledger())) {
                for (int i = -count / 2; i < count; i++) {
                    String payload = Payload.of(Math.abs(i), Bench.PAYLOAD);
                    long start = System.nanoTime();
                    trip(client, payload);
                    long back = System.nanoTime();
                    floor.send(payload);
                    if (i >= 0) {
                        trips.add(back - start);
                        commits.add(System.nanoTime() - back);
                    }
                }
            }
        }
        return List.of(figure(TITLE, system, round, trips), figure(COMMIT, system, round, commits));
    }

    private static void trip(PgJobQClient client, String payload) {
        @Nullable
        Letter back = client.sender()
                .to(PgJobQSystem.QUEUE)
                .send(new Letter(payload), Letter.class)
                .completion()
                .join()
                .resultOrThrow();
        if (!new Letter(payload).equals(back)) {
            throw new IllegalStateException("the result is " + back + " instead of '" + payload + "'");
        }
    }

    private static Figure figure(String title, QueueSystem system, int round, Latencies latencies) {
        return Figure.of(title, system.name(), round, latencies.count(), new Used(latencies.seconds(), 0, 0, 0))
                .withLatencies(latencies.percentiles(""));
    }
}
