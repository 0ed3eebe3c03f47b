package io.pgjobq.reliability.soak;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * How a figure went on after the warm-up.
 *
 * @param early its median in the second quarter
 * @param late its median in the last quarter
 */
record Trend(double early, double late) {

    static Trend of(List<Sample> samples, ToDoubleFunction<Sample> figure) {
        int quarter = samples.size() / 4;
        if (quarter == 0) {
            throw new IllegalArgumentException("4 samples are needed, but there are " + samples.size());
        }
        return new Trend(
                median(samples.subList(quarter, 2 * quarter), figure),
                median(samples.subList(samples.size() - quarter, samples.size()), figure));
    }

    private static double median(List<Sample> samples, ToDoubleFunction<Sample> figure) {
        return samples.stream().mapToDouble(figure).sorted().toArray()[samples.size() / 2];
    }

    /** By how much it grew. */
    double growth() {
        return late - early;
    }

    /** Whether it grew by no more than that part of itself, and by no more than that. */
    boolean isFlat(double part, double most) {
        return growth() <= early * part && growth() <= most;
    }
}
