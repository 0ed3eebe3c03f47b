package io.pgjobq.benchmarks.runner;

import io.pgjobq.benchmarks.harness.Figure;
import io.pgjobq.benchmarks.harness.Server;
import io.pgjobq.benchmarks.report.Machine;
import io.pgjobq.benchmarks.report.RunFile;
import io.pgjobq.benchmarks.runner.Plan.Step;
import io.pgjobq.benchmarks.systems.QueueSystem;
import io.pgjobq.benchmarks.workloads.Bench;
import io.pgjobq.benchmarks.workloads.Size;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** Runs what the command line asks for, on one server, and writes each figure down as soon as it is there. */
@SuppressWarnings("SystemOut")
public final class Runner {

    private final Options options;
    private final RunFile file;
    private final Server server;

    private Runner(Options options, RunFile file, Server server) {
        this.options = options;
        this.file = file;
        this.server = server;
    }

    /** Runs it; returns the file with the figures, in the directory. */
    public static Path run(Options options, String commandLine, Path directory) {
        try (Server server = Server.start()) {
            RunFile file =
                    RunFile.create(directory, Machine.describe(server), commandLine, options.size(), systems(options));
            new Runner(options, file, server).run();
            return file.path();
        }
    }

    private static Map<String, String> systems(Options options) {
        Map<String, String> descriptions = new LinkedHashMap<>();
        for (QueueSystem system : options.systems()) {
            String missing = system.missing();
            descriptions.put(
                    system.name(), system.description() + (missing == null ? "" : " (left out: " + missing + ")"));
        }
        return descriptions;
    }

    private void run() {
        List<Step> steps = Plan.of(options).stream()
                .filter(step -> step.system().missing() == null)
                .toList();
        System.out.println(steps.size() + " measurements, "
                + steps.stream().map(step -> step.system().name()).distinct().collect(Collectors.joining(", ")));
        for (Step step : steps) {
            try {
                run(step);
            } catch (RuntimeException ex) {
                String failure = "round " + step.round() + ", "
                        + step.workload().name() + ", " + step.system().name() + ": "
                        + Objects.requireNonNullElse(ex.getMessage(), ex.toString());
                System.out.println("FAILED " + failure);
                ex.printStackTrace(System.out);
                file.addFailure(failure);
            }
        }
    }

    private void run(Step step) {
        for (Figure figure : step.workload().run(new Bench(server, size(step)), step.system(), step.round())) {
            file.add(figure);
            System.out.println(line(figure));
        }
    }

    private Size size(Step step) {
        Size size = options.size();
        if (step.round() == 0) {
            return size.warmingUp();
        }
        return step.peer() ? size.withLimits(size.peerLimit(), size.peerLimit()) : size;
    }

    private static String line(Figure figure) {
        StringBuilder line = new StringBuilder(String.format(
                Locale.ROOT,
                "%d %-40s %-18s %7d jobs %9.0f/s  server %7.1f us  client %7.1f us  wal %6.0f B",
                figure.round(),
                figure.workload(),
                figure.system(),
                figure.jobs(),
                figure.rate(),
                figure.serverMicrosPerJob(),
                figure.clientMicrosPerJob(),
                figure.walPerJob()));
        if (figure.counts().commits() >= 0) {
            line.append(String.format(
                    Locale.ROOT,
                    "  commits %.3f  dead %d",
                    figure.commitsPerJob(),
                    figure.counts().deadRows()));
        }
        figure.latencies()
                .forEach((name, value) -> line.append(String.format(Locale.ROOT, "  %s %.2f ms", name, value)));
        return line.append(figure.repeated() > 0 ? "  repeated " + figure.repeated() : "")
                .append(figure.capped() ? "  capped" : "")
                .toString();
    }
}
