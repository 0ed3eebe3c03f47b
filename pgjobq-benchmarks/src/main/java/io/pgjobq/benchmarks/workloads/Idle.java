package io.pgjobq.benchmarks.workloads;

import io.pgjobq.benchmarks.harness.Figure;
import io.pgjobq.benchmarks.harness.Latencies;
import io.pgjobq.benchmarks.harness.Ledger;
import io.pgjobq.benchmarks.harness.Meter.Reading;
import io.pgjobq.benchmarks.harness.Payload;
import io.pgjobq.benchmarks.systems.Client;
import io.pgjobq.benchmarks.systems.ClientOptions;
import io.pgjobq.benchmarks.systems.PgJobQSystem;
import io.pgjobq.benchmarks.systems.QueueSystem;
import io.pgjobq.benchmarks.systems.Systems;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Single jobs, each sent when the last has long started, into a system that has nothing else to do. The latency is that from
 * the commit, as the sender knows it, to the start of the handler, nothing if it started before the sender knew; beside it,
 * from the call that sends.
 *
 * @param kind who sends, and how
 */
public record Idle(Kind kind) implements Workload {

    /** Who sends, and how. */
    public enum Kind {

        /** The process that has the handler, outside of transactions. */
        SENT_ALONE("idle", "idle, same process"),

        /** The process that has the handler, each job in a transaction. */
        IN_TRANSACTION("idle-transaction", "idle, same process, sent in a transaction"),

        /** Another process, outside of transactions. */
        OTHER_PROCESS("idle-other", "idle, other process");

        private final String label;
        private final String title;

        Kind(String label, String title) {
            this.label = label;
            this.title = title;
        }
    }

    /** With how many jobs at most the node gets warm, and in how much time. */
    private static final int WARM_UP = 2_000;

    private static final int CHUNK = 50;

    @Override
    public String name() {
        return kind.label;
    }

    /** What the figures are called. */
    public String title() {
        return kind.title;
    }

    @Override
    public boolean suits(QueueSystem system) {
        return kind == Kind.IN_TRANSACTION ? system instanceof PgJobQSystem : system != Systems.FLOOR;
    }

    @Override
    public List<Figure> run(Bench bench, QueueSystem system, int round) {
        int samples = bench.size().samples();
        boolean apart = kind == Kind.OTHER_PROCESS;
        try (Bench.Table table = bench.prepare(system, WARM_UP + samples);
                Nodes nodes = new Nodes(table, system)) {
            if (apart) {
                nodes.launch(1, ClientOptions.WORKER);
            }
            try (Client client = system.open(
                    table.database(), apart ? ClientOptions.SENDER : ClientOptions.WORKER, table.ledger())) {
                table.meter().addClients(client.processes());
                nodes.awaitReady();
                warmUp(bench, client, table.ledger());
                return List.of(measure(bench, table, client, new Label(title(), system.name(), round)));
            }
        }
    }

    private static void warmUp(Bench bench, Client client, Ledger ledger) {
        long until = System.nanoTime() + bench.limit().toNanos();
        int sent = 0;
        while (sent < WARM_UP && System.nanoTime() - until < 0) {
            client.sendAll(Bench.payloads(sent, sent + CHUNK, Bench.PAYLOAD));
            sent += CHUNK;
            if (!ledger.await(sent, Duration.ofSeconds(60))) {
                throw new IllegalStateException("job " + ledger.started() + " did not start within a minute");
            }
        }
    }

    /** Returns when the sender knew of the commit. */
    private long send(Client client, String payload) {
        if (kind == Kind.IN_TRANSACTION) {
            return client.sendTimed(payload);
        }
        client.send(payload);
        return System.nanoTime();
    }

    private Figure measure(Bench bench, Bench.Table table, Client client, Label label) {
        Latencies fromCommit = new Latencies();
        Latencies fromCall = new Latencies();
        Duration limit = bench.limit().multipliedBy(3);
        Reading start = table.meter().read();
        boolean over = false;
        for (int i = 0; i < bench.size().samples() && !over; i++) {
            Pause.random();
            int job = WARM_UP + i;
            String payload = Payload.of(job, Bench.PAYLOAD);
            long called = System.nanoTime();
            long committed = send(client, payload);
            over = !Pause.until(() -> table.ledger().startedAt(job) != 0, limit);
            long started = over ? System.nanoTime() : table.ledger().startedAt(job);
            fromCommit.add(started - committed);
            fromCall.add(started - called);
            over |= System.nanoTime() - start.nanos() > limit.toNanos()
                    && i + 1 < bench.size().samples();
        }
        Map<String, Double> latencies = new LinkedHashMap<>(fromCommit.percentiles(""));
        latencies.putAll(fromCall.percentiles("from call: "));
        return label.figure(fromCommit.count(), table.meter().since(start))
                .withLatencies(latencies)
                .withEnd(table.ledger().repeated(), over);
    }
}
