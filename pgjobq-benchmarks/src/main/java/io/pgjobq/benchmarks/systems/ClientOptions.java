package io.pgjobq.benchmarks.systems;

import java.time.Duration;

/**
 * What a client is to do.
 *
 * @param handles whether it runs jobs, rather than only sending them
 * @param work how long a handler takes, waiting
 * @param concurrency how many handlers may run at once, 0 for what suits the system best if they do nothing
 * @param virtualThreads whether handlers run on virtual threads, where the system can
 */
public record ClientOptions(boolean handles, Duration work, int concurrency, boolean virtualThreads) {

    /** Sends only. */
    public static final ClientOptions SENDER = new ClientOptions(false, Duration.ZERO, 0, false);

    /** Runs jobs whose handlers do nothing. */
    public static final ClientOptions WORKER = new ClientOptions(true, Duration.ZERO, 0, false);

    /** Returns the wanted concurrency, or the one given if none is wanted. */
    public int concurrencyOr(int best) {
        return concurrency == 0 ? best : concurrency;
    }
}
