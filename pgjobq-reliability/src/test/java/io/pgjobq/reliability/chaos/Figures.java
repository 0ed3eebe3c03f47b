package io.pgjobq.reliability.chaos;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Figures from several rounds. */
final class Figures {

    private Figures() {}

    static Duration median(Collection<Duration> figures) {
        List<Duration> sorted = figures.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }

    static Duration worst(Collection<Duration> figures) {
        return figures.stream().max(Comparator.naturalOrder()).orElseThrow();
    }

    static String medianAndWorst(Collection<Duration> figures) {
        return median(figures).toMillis() + " ms (median), " + worst(figures).toMillis() + " ms (worst)";
    }
}
