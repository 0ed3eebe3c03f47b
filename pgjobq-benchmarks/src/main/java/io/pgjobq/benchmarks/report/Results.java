package io.pgjobq.benchmarks.report;

import io.pgjobq.benchmarks.harness.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** The figures that count: those of all rounds but the one in which the process got warm. */
final class Results {

    private final List<Figure> figures;

    Results(List<Figure> figures) {
        this.figures = figures.stream().filter(figure -> figure.round() > 0).toList();
    }

    /** The names of all workloads, in the order in which they were first run. */
    List<String> workloads() {
        return distinct(Figure::workload, figures);
    }

    /** The names of all systems that did the workload, in the order in which they were first run. */
    List<String> systems(String workload) {
        return distinct(
                Figure::system,
                figures.stream()
                        .filter(figure -> figure.workload().equals(workload))
                        .toList());
    }

    private static List<String> distinct(Function<Figure, String> name, List<Figure> from) {
        return from.stream().map(name).distinct().toList();
    }

    /** What the system did in the workload, round by round. */
    List<Figure> of(String workload, String system) {
        return figures.stream()
                .filter(figure ->
                        figure.workload().equals(workload) && figure.system().equals(system))
                .toList();
    }

    /** The spread of a measure over the rounds. */
    Optional<Spread> spread(String workload, String system, ToDoubleFunction<Figure> measure) {
        return Spread.of(
                of(workload, system).stream().map(measure::applyAsDouble).toList());
    }

    /** The median of a measure over the rounds, not a number if there is none. */
    double median(String workload, String system, ToDoubleFunction<Figure> measure) {
        return spread(workload, system, measure).map(Spread::median).orElse(Double.NaN);
    }

    /** The spread of one side divided by the other, within each round that has both. */
    Optional<Spread> ratio(Side one, Side other) {
        return compare(one, other, (a, b) -> a / b);
    }

    /** The spread of one side less the other, within each round that has both. */
    Optional<Spread> difference(Side one, Side other) {
        return compare(one, other, (a, b) -> a - b);
    }

    private Optional<Spread> compare(Side one, Side other, java.util.function.DoubleBinaryOperator operator) {
        int rounds = figures.stream().mapToInt(Figure::round).max().orElse(0);
        List<Double> values = new ArrayList<>();
        IntStream.rangeClosed(1, rounds)
                .forEach(round -> values.add(operator.applyAsDouble(value(one, round), value(other, round))));
        return Spread.of(values);
    }

    /** The greatest value of the side in the round, not a number if there is none. */
    private double value(Side side, int round) {
        return figures.stream()
                .filter(figure -> figure.round() == round
                        && figure.workload().equals(side.workload())
                        && side.systems().contains(figure.system()))
                .mapToDouble(side.measure())
                .max()
                .orElse(Double.NaN);
    }

    /**
     * One side of a comparison.
     *
     * @param systems one system, or several of which the greatest value counts
     */
    record Side(String workload, List<String> systems, ToDoubleFunction<Figure> measure) {

        static Side of(String workload, String system, ToDoubleFunction<Figure> measure) {
            return new Side(workload, List.of(system), measure);
        }
    }
}
