package io.pgjobq.reliability.pressure;

import io.pgjobq.reliability.harness.Form;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Keeps the figures of each scenario in a file of its own, and the table of all of them. */
final class PressureTable {

    private static final Path ROWS = Form.OUTPUT.resolve("pressure-rows");
    private static final double MEGA = 1024 * 1024;
    private static final String HEAD = """
            | scenario | phase | seconds | jobs/s, median | start latency p50 / p99, ms | claim p50 / p99, ms (claims) \
            | CPU a job, µs | pages looked at a job, claim and settle | mean on the server, ms: claim / settle / sweep | most dead rows: job / claim \
            | at the end, MB: job / its indexes / claim / history | WAL a job, bytes |
            |---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
            """;

    private PressureTable() {}

    /** Replaces the rows of the scenario, and writes the table anew. */
    static void put(String scenario, Course course) {
        try {
            Files.createDirectories(ROWS);
            Files.writeString(
                    ROWS.resolve(scenario),
                    course.phases().stream()
                            .map(phase -> row(scenario, course, phase))
                            .collect(Collectors.joining()));
            try (Stream<Path> files = Files.list(ROWS)) {
                List<Path> rows = files.sorted().toList();
                StringBuilder table = new StringBuilder(HEAD);
                for (Path file : rows) {
                    table.append(Files.readString(file));
                }
                Files.writeString(Form.OUTPUT.resolve("pressure.md"), table);
            }
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private static String row(String scenario, Course course, Phase phase) {
        Reading end = phase.end();
        return String.format(
                Locale.ROOT,
                "| %s | %s | %d | %,.0f | %s | %s (%,d) | %,.0f | %.1f | %.2f / %.2f / %.1f | %,.0f / %,.0f | %.0f / %.0f / %.1f / %.0f | %,.0f |%n",
                scenario,
                phase.name(),
                end.at().toEpochSecond() - phase.start().at().toEpochSecond(),
                course.throughput(phase),
                quantiles(course.starts(), phase),
                quantiles(course.claims(), phase),
                end.calls("claim", phase.start()).count(),
                course.cpuPerJob(phase, false),
                course.pagesPerJob(phase, false),
                phase.mean("claim"),
                phase.mean("settle_succeeded"),
                phase.mean("sweep"),
                Course.most(course, phase, Reading::deadJobs),
                Course.most(course, phase, Reading::deadClaims),
                end.jobTable() / MEGA,
                end.jobIndexes() / MEGA,
                end.claims() / MEGA,
                end.history() / MEGA,
                course.walPerJob(phase));
    }

    private static String quantiles(List<Course.Timed> timed, Phase phase) {
        return String.format(
                Locale.ROOT, "%.1f / %.1f", Course.quantile(timed, phase, 0.5), Course.quantile(timed, phase, 0.99));
    }
}
