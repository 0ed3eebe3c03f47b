package io.pgjobq.benchmarks.report;

import java.util.List;
import java.util.Optional;

/** The median of what the rounds brought, with the least and the greatest. */
public record Spread(double median, double least, double greatest, int rounds) {

    /** Returns the spread of the values that are numbers; nothing if there are none. */
    static Optional<Spread> of(List<Double> values) {
        double[] sorted = values.stream()
                .mapToDouble(Double::doubleValue)
                .filter(Double::isFinite)
                .sorted()
                .toArray();
        if (sorted.length == 0) {
            return Optional.empty();
        }
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return Optional.of(new Spread(median, sorted[0], sorted[sorted.length - 1], sorted.length));
    }
}
