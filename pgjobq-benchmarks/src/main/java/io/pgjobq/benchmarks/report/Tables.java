package io.pgjobq.benchmarks.report;

import io.pgjobq.benchmarks.harness.Figure;
import io.pgjobq.benchmarks.report.Bars.Bar;
import io.pgjobq.benchmarks.report.Results.Side;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** The tables of the report, in Markdown. */
final class Tables {

    private static final List<String> PERCENTILES = List.of("p50", "p95", "p99", "p99.9", "max");

    private final Results results;

    Tables(Results results) {
        this.results = results;
    }

    /** What pgjobq means to reach, and what it has reached, without and with history of finished jobs. */
    String bars() {
        List<List<String>> rows = new ArrayList<>();
        for (Bar bar : Bars.ALL) {
            Optional<Spread> plain = bar.measured().apply(results, "pgjobq");
            Optional<Spread> history = bar.measured().apply(results, "pgjobq-history");
            if (plain.isPresent() || history.isPresent()) {
                rows.add(List.of(
                        bar.name(),
                        (bar.least() ? "≥ " : "≤ ") + bar.format().of(bar.bound()),
                        cell(bar, plain),
                        cell(bar, history)));
            }
        }
        return table(List.of("what", "bar", "pgjobq, no history", "pgjobq, history of a day"), rows);
    }

    private static String cell(Bar bar, Optional<Spread> spread) {
        return spread.map(value -> bar.format().of(value) + (bar.isReached(value) ? ", reached" : ", **missed**"))
                .orElse("–");
    }

    /** Rates and costs of the systems in one workload. */
    String costs(String workload) {
        List<List<String>> rows = new ArrayList<>();
        for (String system : results.systems(workload)) {
            rows.add(List.of(
                    system,
                    Format.WHOLE.of(results.median(workload, system, Figure::rate)),
                    ratio(workload, system, "floor", Format.SHARE),
                    ratio(workload, "pgjobq", system, Format.TIMES),
                    cost(workload, system, Figure::serverMicrosPerJob),
                    cost(workload, system, Figure::clientMicrosPerJob),
                    cost(workload, system, Figure::walPerJob),
                    Format.PLAIN.of(results.median(workload, system, Figure::commitsPerJob)),
                    Format.WHOLE.of(results.median(workload, system, Tables::deadRows)),
                    notes(results.of(workload, system))));
        }
        return table(
                List.of(
                        "system",
                        "jobs/s",
                        "of the floor's",
                        "pgjobq is faster by",
                        "server CPU, µs/job",
                        "client CPU, µs/job",
                        "WAL, B/job",
                        "commits/job",
                        "dead rows",
                        "notes"),
                rows);
    }

    private String ratio(String workload, String one, String other, Format format) {
        if (one.equals(other)) {
            return "";
        }
        return results.ratio(Side.of(workload, one, Figure::rate), Side.of(workload, other, Figure::rate))
                .map(spread -> format.of(spread.median()))
                .orElse("–");
    }

    /** What was never used was not measured. */
    private String cost(String workload, String system, ToDoubleFunction<Figure> measure) {
        double median = results.median(workload, system, measure);
        return median == 0 ? "–" : Format.WHOLE.of(median);
    }

    private static double deadRows(Figure figure) {
        return figure.counts().deadRows() < 0 ? Double.NaN : figure.counts().deadRows();
    }

    private static String notes(List<Figure> figures) {
        List<String> notes = new ArrayList<>();
        notes.add(figures.size() + (figures.size() == 1 ? " round" : " rounds"));
        long capped = figures.stream().filter(Figure::capped).count();
        if (capped > 0) {
            notes.add("not done or behind in " + capped);
        }
        long repeated = figures.stream().mapToLong(Figure::repeated).sum();
        if (repeated > 0) {
            notes.add(repeated + " started twice");
        }
        return String.join("; ", notes);
    }

    /** Whether the workload has latencies. */
    boolean hasLatencies(String workload) {
        return results.systems(workload).stream()
                .anyMatch(system -> !kinds(workload, system).isEmpty());
    }

    /** The latencies of the systems in one workload. */
    String latencies(String workload) {
        List<List<String>> rows = new ArrayList<>();
        for (String system : results.systems(workload)) {
            for (String kind : kinds(workload, system)) {
                List<String> row = new ArrayList<>(List.of(system, kind.replace(": ", "")));
                for (String percentile : PERCENTILES) {
                    row.add(Format.PLAIN.of(
                            results.median(workload, system, figure -> figure.latency(kind + percentile))));
                }
                rows.add(row);
            }
        }
        List<String> head = new ArrayList<>(List.of("system, milliseconds", ""));
        head.addAll(PERCENTILES);
        return table(head, rows);
    }

    private Set<String> kinds(String workload, String system) {
        Set<String> kinds = new LinkedHashSet<>();
        results.of(workload, system)
                .forEach(figure -> figure.latencies().keySet().stream()
                        .filter(name -> name.endsWith("p50"))
                        .forEach(name -> kinds.add(name.substring(0, name.length() - "p50".length()))));
        return kinds;
    }

    /** A table in Markdown. */
    static String table(List<String> head, List<List<String>> rows) {
        StringBuilder text = new StringBuilder(row(head));
        text.append(row(head.stream().map(name -> "---").toList()));
        rows.forEach(row -> text.append(row(row)));
        return text.append('\n').toString();
    }

    private static String row(List<String> cells) {
        return "| " + String.join(" | ", cells) + " |\n";
    }
}
