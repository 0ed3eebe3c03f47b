package io.pgjobq.benchmarks;

import io.pgjobq.benchmarks.report.Report;
import io.pgjobq.benchmarks.runner.Options;
import io.pgjobq.benchmarks.runner.Runner;
import java.nio.file.Path;
import java.util.List;

/**
 * Runs the benchmarks and reports on them: {@code quick}, {@code full}, or {@code full --workloads=drain --systems=floor,pgjobq
 * --rounds=5}. {@code report FILE} makes the report of an earlier run again.
 */
@SuppressWarnings("SystemOut")
public final class Benchmarks {

    private Benchmarks() {}

    public static void main(String[] arguments) {
        List<String> words = List.of(arguments);
        Path file;
        if (words.size() == 2 && words.get(0).equals("report")) {
            file = Path.of(words.get(1));
        } else {
            Path directory = Path.of(System.getProperty("benchmarks.output", "target/benchmarks"));
            file = Runner.run(Options.parse(words), String.join(" ", words), directory);
        }
        System.out.println("figures: " + file);
        System.out.println("report:  " + Report.make(file));
        System.exit(0);
    }
}
