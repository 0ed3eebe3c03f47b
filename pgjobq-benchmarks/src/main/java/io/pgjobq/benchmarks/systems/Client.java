package io.pgjobq.benchmarks.systems;

import java.util.List;

/** An open client of a system: an application's connection pool and whatever the system runs in it. Thread-safe. */
public interface Client extends AutoCloseable {

    /** Sends one job in a transaction of its own; returns after the commit. */
    void send(String payload);

    /** Sends many jobs, by the fastest documented way; returns after the commit. */
    void sendAll(List<String> payloads);

    /**
     * Sends one job in a transaction of its own; returns {@link System#nanoTime()} of the moment when the commit was known
     * to the sender.
     */
    default long sendTimed(String payload) {
        send(payload);
        return System.nanoTime();
    }

    /** The processes beyond this one that the client has started, whose CPU time is a client's too. */
    default List<Long> processes() {
        return List.of();
    }

    @Override
    void close();
}
