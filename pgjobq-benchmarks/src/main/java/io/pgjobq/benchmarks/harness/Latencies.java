package io.pgjobq.benchmarks.harness;

import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Latencies of one kind, in a histogram of three digits. Used by one thread. */
public final class Latencies {

    private static final double NANOS_PER_MILLI = 1e6;

    private final Histogram histogram = new Histogram(3);

    /** Adds one, in nanoseconds; what a clock shows as negative counts as nothing. */
    public void add(long nanos) {
        histogram.recordValue(Math.max(0, nanos));
    }

    /** How many there are. */
    public long count() {
        return histogram.getTotalCount();
    }

    /** How long they take one after the other. */
    public double seconds() {
        return histogram.getMean() * count() / 1e9;
    }

    /** Returns the percentiles in milliseconds, with the prefix before each name; nothing if there are no latencies. */
    public Map<String, Double> percentiles(String prefix) {
        Map<String, Double> values = new LinkedHashMap<>();
        if (count() == 0) {
            return values;
        }
        values.put(prefix + "p50", at(50));
        values.put(prefix + "p95", at(95));
        values.put(prefix + "p99", at(99));
        values.put(prefix + "p99.9", at(99.9));
        values.put(prefix + "max", histogram.getMaxValue() / NANOS_PER_MILLI);
        return values;
    }

    private double at(double percentile) {
        return histogram.getValueAtPercentile(percentile) / NANOS_PER_MILLI;
    }
}
