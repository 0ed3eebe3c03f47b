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
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * The server, and how much is asked for.
 *
 * @param server where all systems run, one after the other
 * @param size how much is asked for
 */
public record Bench(Server server, Size size) {

    /** How many jobs a bulk send has in one transaction. */
    public static final int BULK = 1_000;

    /** The usual payload, in characters. */
    public static final int PAYLOAD = Payload.USUAL;

    /** What one measurement needs, prepared; its database is dropped at the end. */
    public record Table(Server server, Database database, Ledger ledger, Meter meter) implements AutoCloseable {

        @Override
        public void close() {
            meter.close();
            ledger.close();
            server.drop(database);
        }
    }

    /**
     * Prepares a database for the system, and a ledger for so many jobs. The checkpoint is the only one, so that what is
     * logged of a job does not depend on when the last one was.
     */
    public Table prepare(QueueSystem system, int jobs) {
        Database database = server.createDatabase();
        system.install(database);
        Meter meter = new Meter(server, database);
        meter.checkpoint();
        return new Table(server, database, Ledger.create(jobs), meter);
    }

    /** After what time a system that is slower is not asked for more. */
    public Duration limit() {
        return size.limit();
    }

    /**
     * Gives the planner the statistics that it has of any table at which autovacuum has come by. For a minute it would not have
     * them, and some queries of some systems are many times slower then.
     */
    static void analyze(Table table) {
        table.database().execute("analyze");
    }

    /** Sends the jobs with these numbers in bulk; stops when the time is over. Returns how many were sent. */
    public int sendAll(Client client, int from, int to, int length) {
        long until = System.nanoTime() + limit().toNanos();
        int sent = from;
        while (sent < to && System.nanoTime() < until) {
            int next = Math.min(to, sent + BULK);
            client.sendAll(payloads(sent, next, length));
            sent = next;
        }
        return sent - from;
    }

    /** Sends the jobs with these numbers in bulk, however long it takes. */
    public static void load(Client client, int from, int to) {
        for (int sent = from; sent < to; sent += BULK) {
            client.sendAll(payloads(sent, Math.min(to, sent + BULK), PAYLOAD));
        }
    }

    /** Waits until so many jobs have started and none is left unfinished; returns whether that happened in time. */
    public boolean awaitAll(Table table, QueueSystem system, long jobs, Duration limit) {
        long until = System.nanoTime() + limit.toNanos();
        if (!table.ledger().await(jobs, limit)) {
            return false;
        }
        while (table.database().value(system.unfinished(), Long.class) > 0) {
            if (System.nanoTime() > until) {
                return false;
            }
            LockSupport.parkNanos(1_000_000);
        }
        return true;
    }

    /** Returns the payloads of the jobs with these numbers. */
    public static List<String> payloads(int from, int to, int length) {
        return IntStream.range(from, to)
                .mapToObj(job -> Payload.of(job, length))
                .toList();
    }
}
