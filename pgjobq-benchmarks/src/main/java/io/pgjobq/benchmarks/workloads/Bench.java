package io.pgjobq.benchmarks.workloads;

import io.pgjobq.benchmarks.harness.Ledger;
import io.pgjobq.benchmarks.harness.Meter;
import io.pgjobq.benchmarks.harness.Payload;
import io.pgjobq.benchmarks.harness.Server;
import io.pgjobq.benchmarks.harness.Server.Database;
import io.pgjobq.benchmarks.systems.Client;
import io.pgjobq.benchmarks.systems.QueueSystem;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The server, and how much is asked for.
 *
 * @param server where all systems run, one after the other
 * @param jobs how many jobs a large workload has
 * @param limit after what time a system that is slower is not asked for more
 */
public record Bench(Server server, int jobs, Duration limit) {

    /** How many jobs a bulk send has in one transaction. */
    public static final int BULK = 1_000;

    /** The usual payload, in characters. */
    public static final int PAYLOAD = 140;

    /** What one measurement needs, prepared; its database is dropped at the end. */
    public record Table(Server server, Database database, Ledger ledger, Meter meter) implements AutoCloseable {

        @Override
        public void close() {
            meter.close();
            ledger.close();
            server.drop(database);
        }
    }

    /** Prepares a database for the system, and a ledger for so many jobs. */
    public Table prepare(QueueSystem system, int size) {
        Database database = server.createDatabase();
        system.install(database);
        return new Table(server, database, Ledger.create(size), new Meter(server, database));
    }

    /** Sends the jobs with these numbers in bulk; stops when the time is over. Returns how many were sent. */
    public int sendAll(Client client, int from, int to, int length) {
        long until = System.nanoTime() + limit.toNanos();
        int sent = from;
        while (sent < to && System.nanoTime() < until) {
            int next = Math.min(to, sent + BULK);
            client.sendAll(payloads(sent, next, length));
            sent = next;
        }
        return sent - from;
    }

    /** Returns the payloads of the jobs with these numbers. */
    public static List<String> payloads(int from, int to, int length) {
        return IntStream.range(from, to)
                .mapToObj(job -> Payload.of(job, length))
                .toList();
    }
}
