package io.pgjobq.benchmarks.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Makes the report of a run from its file alone: Markdown, and plots beside it. */
public final class Report {

    private final Run run;
    private final Results results;
    private final Tables tables;
    private final StringBuilder text = new StringBuilder();

    private Report(Run run) {
        this.run = run;
        this.results = new Results(run.figures());
        this.tables = new Tables(results);
    }

    /** Writes the report beside the file of the run; returns where. */
    public static Path make(Path file) {
        String name = file.getFileName().toString().replaceFirst("\\.json$", "");
        Path report = file.resolveSibling(name + ".md");
        Report made = new Report(RunFile.read(file));
        List<Path> plots = new Plots(made.results).draw(file.resolveSibling(name));
        try {
            return Files.writeString(
                    report,
                    made.text(plots.stream()
                            .map(plot -> plot.getFileName().toString())
                            .toList()));
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private String text(List<String> plots) {
        text.append("# Benchmarks\n\n");
        machine();
        if (!results.workloads().isEmpty()) {
            text.append("## What pgjobq means to reach\n\nMedians of the rounds, and in brackets the least and the"
                    + " greatest. What compares two figures is compared within each round."
                    + " Before, uncounted, each system ran each workload in this process as often as the others, but for"
                    + " graphile-worker, whose process is new each time; processes that"
                    + " share a backlog got warm with twice as many jobs each, together.\n\n");
            text.append(tables.bars());
        }
        plots.forEach(plot -> text.append("![](").append(plot).append(")\n\n"));
        results.workloads().forEach(this::workload);
        if (!run.failures().isEmpty()) {
            text.append("## Not measured\n\n");
            run.failures().forEach(failure -> text.append("- ").append(failure).append('\n'));
        }
        return text.toString().stripTrailing() + "\n";
    }

    private void machine() {
        Machine machine = run.machine();
        text.append(Tables.table(
                List.of("", ""),
                List.of(
                        List.of("machine", machine.cores() + " cores of " + machine.cpu() + ", " + machine.memory()),
                        List.of("system", machine.kernel() + ", " + machine.jdk()),
                        List.of("server", "PostgreSQL " + machine.postgres() + ", " + machine.settings()),
                        List.of("run", machine.date() + ", `" + run.command() + "` " + machine.commit()))));
        text.append("Sizes: ").append(run.size()).append("\n\n");
        run.systems()
                .forEach((name, description) -> text.append("- **")
                        .append(name)
                        .append("**: ")
                        .append(description)
                        .append('\n'));
        text.append('\n');
    }

    private void workload(String workload) {
        text.append("## ").append(workload).append("\n\n").append(tables.costs(workload));
        if (tables.hasLatencies(workload)) {
            text.append(tables.latencies(workload));
        }
    }
}
