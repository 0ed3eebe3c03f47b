package io.pgjobq.benchmarks.harness;

import io.pgjobq.benchmarks.harness.Meter.Counts;
import io.pgjobq.benchmarks.harness.Meter.Used;
import java.util.List;
import java.util.Map;

/**
 * What one system did in one round of one workload.
 *
 * @param jobs how many jobs the other figures are for
 * @param latencies percentiles in milliseconds by name ({@code p50}, …); empty if the workload has none
 * @param tenths jobs a second in the first, second, … tenth of the jobs; empty if the workload does not ask
 * @param repeated how many jobs started more than once
 * @param capped whether the time was over before the work, or the system could not keep up
 */
public record Figure(
        String workload,
        String system,
        int round,
        long jobs,
        Used used,
        Counts counts,
        Map<String, Double> latencies,
        List<Double> tenths,
        long repeated,
        boolean capped) {

    /** What has been measured of the workload; the rest is added by the other methods. */
    public static Figure of(String workload, String system, int round, long jobs, Used used) {
        return new Figure(workload, system, round, jobs, used, Counts.UNKNOWN, Map.of(), List.of(), 0, false);
    }

    /** Adds what the server has counted. */
    public Figure with(Counts counted) {
        return new Figure(workload, system, round, jobs, used, counted, latencies, tenths, repeated, capped);
    }

    /** Adds latencies. */
    public Figure withLatencies(Map<String, Double> milliseconds) {
        return new Figure(workload, system, round, jobs, used, counts, milliseconds, tenths, repeated, capped);
    }

    /** Adds the rate of each tenth. */
    public Figure withTenths(List<Double> rates) {
        return new Figure(workload, system, round, jobs, used, counts, latencies, rates, repeated, capped);
    }

    /** Adds how it ended. */
    public Figure withEnd(long repeatedStarts, boolean over) {
        return new Figure(workload, system, round, jobs, used, counts, latencies, tenths, repeatedStarts, over);
    }

    /** Jobs a second. */
    public double rate() {
        return jobs / used.seconds();
    }

    /** Microseconds of the server's CPU time a job. */
    public double serverMicrosPerJob() {
        return (double) used.serverMicros() / jobs;
    }

    /** Microseconds of the clients' CPU time a job. */
    public double clientMicrosPerJob() {
        return (double) used.clientMicros() / jobs;
    }

    /** Bytes of write-ahead log a job. */
    public double walPerJob() {
        return (double) used.walBytes() / jobs;
    }

    /** Commits a job, not a number if they are not known. */
    public double commitsPerJob() {
        return counts.commits() < 0 ? Double.NaN : (double) counts.commits() / jobs;
    }

    /** A latency in milliseconds, not a number if there is none of this name. */
    public double latency(String name) {
        return latencies.getOrDefault(name, Double.NaN);
    }
}
