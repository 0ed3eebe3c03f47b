package io.pgjobq.benchmarks.harness;

import java.util.Map;

/**
 * What one system did in one round of one workload.
 *
 * @param jobs how many jobs the other figures are for
 * @param latencies percentiles in milliseconds by name ({@code p50}, …); empty if the workload has none
 * @param repeated how many jobs started more than once
 * @param capped whether the time was over before the work
 */
public record Figure(
        String workload,
        String system,
        int round,
        long jobs,
        double seconds,
        long serverMicros,
        long clientMicros,
        long walBytes,
        long commits,
        long deadRows,
        Map<String, Double> latencies,
        long repeated,
        boolean capped) {

    /** Jobs a second. */
    public double rate() {
        return jobs / seconds;
    }

    /** Microseconds of the server's CPU time a job. */
    public double serverMicrosPerJob() {
        return (double) serverMicros / jobs;
    }

    /** Microseconds of the clients' CPU time a job. */
    public double clientMicrosPerJob() {
        return (double) clientMicros / jobs;
    }

    /** Bytes of write-ahead log a job. */
    public double walPerJob() {
        return (double) walBytes / jobs;
    }

    /** Commits a job. */
    public double commitsPerJob() {
        return (double) commits / jobs;
    }
}
